/// How large a difference is, beside whether there is one.
package struct SampleEffects: Hashable, Sendable {
    /// The first sample's mean over the second's; nil where that is zero.
    package let meanRatio: Double?
    /// How often a value of the first is above one of the second; alike counts half.
    package let commonLanguage: Double

    /// nil where a sample is empty, or has a value that is not a finite number.
    package init?(_ first: [Double], over second: [Double]) {
        guard first.allSatisfy(\.isFinite), second.allSatisfy(\.isFinite),
            let test = MannWhitneyTest(first, second)
        else { return nil }
        let below = second.reduce(0, +) / Double(second.count)
        let ratio = first.reduce(0, +) / Double(first.count) / below
        meanRatio = ratio.isFinite ? ratio : nil
        commonLanguage = test.statistic / (Double(first.count) * Double(second.count))
    }
}
