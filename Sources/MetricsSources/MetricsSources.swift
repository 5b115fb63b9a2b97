// MetricsSources — one number from whoever keeps the metrics, or why there is none.
//
// Read in this order:
//   MetricsSource     the door: one number for a stretch of time, or series with their points
//   MetricsError      the one way to say why there is no number
//   SourceSpec        one source as a flow describes it, and the way from there to the door
//   SourceAccess      credentials, header lines and certificates, by where they are found
//   SourceTransport   carries requests, and shows who we are
//   PrometheusSource  Prometheus: instant and range; PrometheusAnswer reads its envelope
//   SourceWire        everybody else: a question to a request, an answer to series
//     DatadogWire, NewRelicWire, CloudWatchWire, GraphiteWire, InfluxWire, DynatraceWire,
//     GoogleWire, SplunkWire, WebWire        one a file, each by its maker's pages
//     AnnotatedCSV, WirePoints, WireTime     what they read with
//   SingleNumber      what is made of the series: one finite, fresh number
//
// Everything fails closed: an answer that is not wholly understood, or that says itself that it is
// not whole, is no number. What a number means, and how many requests stand behind it, is not known
// here: MetricsGate judges.
