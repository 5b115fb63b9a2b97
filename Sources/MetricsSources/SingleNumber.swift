/// Makes one number of what a source gave, or says why it is none.
struct SingleNumber {
    let place: String
    let server: String
    let staleAfter: Duration

    func reading(
        of series: [MetricsSeries], over span: MetricsSpan, as reduction: MetricsReduction
    ) throws(MetricsError) -> MetricsReading {
        guard let only = series.first else { throw fault(.missing) }
        if series.count > 1 { throw fault(.severalSeries(series.prefix(3).map(\.name))) }
        guard let newest = only.points.last, let value = reduction.value(of: only.points) else {
            throw fault(.missing)
        }
        if value.isNaN { throw fault(.notANumber) }
        if value.isInfinite { throw fault(.infinite) }
        let age = Duration.milliseconds(Int(max(0, min(1e12, (span.to - newest.at) * 1000))))
        if age > staleAfter { throw fault(.stale(age)) }
        return MetricsReading(value: value, at: newest.at)
    }

    private func fault(_ code: MetricsError.Code) -> MetricsError {
        MetricsError(code, place: place, server: server)
    }
}
