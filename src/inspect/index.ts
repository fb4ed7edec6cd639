// The public index of `glasstls/inspect`: annotation of bytes, traces and timelines, renderings, and the texts behind them
// in English and Chinese. Everything here is pure: no clock, no output, no colours.

export {
  type AnnotateContext,
  type AnnotatedField,
  type AnnotatedMessage,
  type AnnotationError,
  annotateMessage,
  annotateRecord,
  type OtherExtensions,
} from './annotate.ts';
export type { CertificateSummary, ChainEntry, VerifyResult } from './certificate_summary.ts';
export {
  type CompareOptions,
  type Comparison,
  type ComparisonCell,
  type ComparisonRow,
  type ComparisonTable,
  compareHandshakes,
  renderComparison,
  type Tone,
} from './compare.ts';
export { escapeText, quoteWireText } from './escape.ts';
export { type Fact, type FactsOf, factsOf } from './facts.ts';
export type { FormContext, MessageForm, MessageName } from './forms.ts';
export {
  clip,
  displayWidth,
  type Line,
  lineWidth,
  padEnd,
  padStart,
  plainText,
  type Segment,
  type Style,
  segment,
  wrap,
  wrapEvenly,
} from './lines.ts';
export { type MergedEntry, type MergedTrace, mergeTraces } from './merge_traces.ts';
export { messageTitle } from './names.ts';
export { keyExchangeOf, type Negotiated, negotiatedIn, type SeenMessage, suiteNames } from './negotiated.ts';
export type { ContentReaders } from './readable.ts';
export {
  type CurlConnection,
  type CurlMessage,
  curlAlpnOffer,
  curlCertificateLines,
  curlConnectionLines,
  curlMessageLine,
  opensslDate,
  renderCurl,
} from './render_curl.ts';
export { type FieldsOptions, renderFields } from './render_fields.ts';
export { JSON_VERSION, type JsonOptions, timelineJson } from './render_json.ts';
export { formulaOf, type KeysOptions, renderKeys, renderSecret, secretText } from './render_keys.ts';
export { type LadderOptions, renderLadder } from './render_ladder.ts';
export { type OpensslOptions, renderOpenssl } from './render_openssl.ts';
export { PAIR_WIDTH, type PairOptions, renderPair } from './render_pair.ts';
export { renderWireshark, type WiresharkOptions } from './render_wireshark.ts';
export { compareCosts, costOf, type HandshakeCost, type PublicKeyWork } from './savings.ts';
export { summaryParts } from './summary.ts';
export type { Explanation, FieldText, Lang, Text } from './text.ts';
export {
  CORRECTIONS,
  type Correction,
  correctionsAt,
  explanationOf,
  HANDSHAKE_TITLES,
  MESSAGE_TEXTS,
  type MessageKey,
  type MessageTexts,
  messageKey,
} from './texts/messages.ts';
export { ALERT_TEXTS } from './texts/values.ts';
export {
  type Flight,
  type HandshakeKind,
  type Timeline,
  type TimelineData,
  type TimelineKeys,
  type TimelineMessage,
  type TimelineOutcome,
  type TimelineRecord,
  timelineOf,
} from './timeline.ts';
export { handshakeTitle } from './title.ts';
export {
  formatTrace,
  readTrace,
  type Side,
  type Trace,
  type TraceEntry,
  TraceError,
  type TraceHeader,
  type TraceWriterOptions,
  traceRecorder,
  traceWriter,
} from './trace.ts';
export { TRACE_VERSION } from './trace_schema.ts';
