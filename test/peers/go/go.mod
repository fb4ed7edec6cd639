module glasstls.test/peer

go 1.25
