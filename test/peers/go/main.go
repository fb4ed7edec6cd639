// Go's crypto/tls as a peer of the interop tests, client and server. The first argument says as JSON what to do; what
// happened comes back as lines of JSON: {"listening":PORT}, {"connection":{...}}, {"error":"..."}.
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"time"
)

type order struct {
	Role       string   `json:"role"`
	Port       int      `json:"port"`
	CAFile     string   `json:"caFile"`
	CertFile   string   `json:"certFile"`
	KeyFile    string   `json:"keyFile"`
	Groups     []string `json:"groups"`
	ClientCert string   `json:"clientCert"`
	Version    string   `json:"version"`
	Label      string   `json:"label"`
	Times      int      `json:"times"`
	Rounds     int      `json:"rounds"`
	Question   string   `json:"question"`
}

type connection struct {
	Version  string `json:"version"`
	Suite    string `json:"suite"`
	Group    string `json:"group"`
	Resumed  bool   `json:"resumed"`
	Peer     string `json:"peer"`
	Exported string `json:"exported,omitempty"`
	Answer   string `json:"answer,omitempty"`
}

var groups = map[string]tls.CurveID{
	"x25519":         tls.X25519,
	"secp256r1":      tls.CurveP256,
	"secp384r1":      tls.CurveP384,
	"secp521r1":      tls.CurveP521,
	"X25519MLKEM768": tls.X25519MLKEM768,
}

var mutex sync.Mutex

func say(what string, value any) {
	mutex.Lock()
	defer mutex.Unlock()
	line, _ := json.Marshal(map[string]any{what: value})
	fmt.Println(string(line))
}

func main() {
	var o order
	if err := json.Unmarshal([]byte(os.Args[1]), &o); err != nil {
		fail(err)
	}
	config, err := configOf(o)
	if err != nil {
		fail(err)
	}
	if o.Role == "server" {
		serve(o, config)
		return
	}
	config.ClientSessionCache = tls.NewLRUClientSessionCache(4)
	for range max(o.Times, 1) {
		if err := visit(o, config); err != nil {
			fail(err)
		}
	}
}

func configOf(o order) (*tls.Config, error) {
	config := &tls.Config{ServerName: "localhost", MinVersion: tls.VersionTLS12}
	if o.Version == "TLSv1.3" {
		config.MinVersion = tls.VersionTLS13
	}
	if o.Version == "TLSv1.2" {
		config.MaxVersion = tls.VersionTLS12
	}
	for _, name := range o.Groups {
		id, known := groups[name]
		if !known {
			return nil, fmt.Errorf("no group named %s", name)
		}
		config.CurvePreferences = append(config.CurvePreferences, id)
	}
	if o.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(o.CertFile, o.KeyFile)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if o.CAFile != "" {
		pem, err := os.ReadFile(o.CAFile)
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(pem) {
			return nil, errors.New("no certificate in " + o.CAFile)
		}
		config.RootCAs = pool
		config.ClientCAs = pool
	}
	switch o.ClientCert {
	case "request":
		config.ClientAuth = tls.VerifyClientCertIfGiven
	case "require":
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return config, nil
}

// serve echoes whatever comes, and closes when its client does.
func serve(o order, config *tls.Config) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fail(err)
	}
	say("listening", listener.Addr().(*net.TCPAddr).Port)
	for {
		raw, err := listener.Accept()
		if err != nil {
			fail(err)
		}
		go func() {
			conn := tls.Server(raw, config)
			defer conn.Close()
			conn.SetDeadline(time.Now().Add(20 * time.Second))
			if err := conn.Handshake(); err != nil {
				say("error", err.Error())
				return
			}
			say("connection", describe(conn, o.Label))
			if _, err := io.Copy(conn, conn); err != nil {
				say("error", err.Error())
			}
		}()
	}
}

// visit asks its question, as often as it is told, and reads to the end.
func visit(o order, config *tls.Config) error {
	conn, err := tls.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", o.Port), config)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(15 * time.Second))
	reader := bufio.NewReader(conn)
	var answer strings.Builder
	for range max(o.Rounds, 1) {
		if _, err := io.WriteString(conn, o.Question+"\n"); err != nil {
			return err
		}
		line, err := reader.ReadString('\n')
		if err != nil {
			return err
		}
		answer.WriteString(line)
	}
	if _, err := io.Copy(&answer, reader); err != nil {
		return err
	}
	seen := describe(conn, o.Label)
	seen.Answer = answer.String()
	say("connection", seen)
	return nil
}

func describe(conn *tls.Conn, label string) connection {
	state := conn.ConnectionState()
	seen := connection{
		Version: versionOf(state.Version),
		Suite:   tls.CipherSuiteName(state.CipherSuite),
		Resumed: state.DidResume,
	}
	for name, id := range groups {
		if id == state.CurveID {
			seen.Group = name
		}
	}
	if len(state.PeerCertificates) > 0 {
		seen.Peer = state.PeerCertificates[0].Subject.String()
	}
	if label != "" {
		if material, err := state.ExportKeyingMaterial(label, nil, 40); err == nil {
			seen.Exported = hex.EncodeToString(material)
		}
	}
	return seen
}

func versionOf(version uint16) string {
	return map[uint16]string{tls.VersionTLS12: "TLSv1.2", tls.VersionTLS13: "TLSv1.3"}[version]
}

func fail(err error) {
	say("error", err.Error())
	os.Exit(1)
}
