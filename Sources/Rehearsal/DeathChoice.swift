package import Lab

/// Which deaths are played where there is no time to die everywhere.
///
/// Everywhere in the core of the repertoire. In the rest wherever a process does something that it did
/// in no story before, or never behind the last two things that it had done; and in one of so many
/// places of all the others.
package struct DeathChoice: Sendable {
    /// What was done, and behind it what had been done last.
    private var known: Set<[String]> = []
    private var passed = 0
    private let stride: Int

    /// An odd stride meets deaths before an effect as well as after one.
    package init(oneIn stride: Int) { self.stride = stride }

    /// What the core does is known to the rest.
    package mutating func know(_ effects: [String]) { known.formUnion(Self.moments(of: effects)) }

    /// Of a story of the rest.
    ///
    /// The places are counted through from story to story, so that stories which are alike have theirs at
    /// different places.
    package mutating func deaths(of effects: [String], isNewSought: Bool = true) -> [Lifeline.Death]
    {
        var deaths: [Lifeline.Death] = []
        for (place, moment) in Self.moments(of: effects).enumerated() {
            let isNew = isNewSought && known.insert(moment).inserted
            for death in Sweep.deaths(at: place + 1) {
                if isNew || passed % stride == 0 { deaths.append(death) }
                passed += 1
            }
        }
        return deaths
    }

    /// Each effect with the two before it.
    ///
    /// The run's lease is renewed in between all the time: that tells nobody how far the run is.
    static func moments(of effects: [String]) -> [[String]] {
        var last: [String] = []
        return effects.map { effect in
            defer { if !effect.contains("/leases/") { last = [effect] + last.prefix(1) } }
            return [effect] + last
        }
    }
}
