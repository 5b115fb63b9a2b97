package import HTTPMessages
package import Secrets
internal import Synchronization

/// What sources need of the world.
package final class SourceDoors: Sendable {
    let transport: any HTTPTransport
    package let keeper: SecretKeeper
    private let trusting: @Sendable (TrustMaterial) -> any HTTPTransport
    private let ways = Mutex<[SourceTrust: any HTTPTransport]>([:])

    /// `trusting` makes a transport of its own for sources with certificates of their own.
    package init(
        transport: any HTTPTransport, keeper: SecretKeeper,
        trusting: @escaping @Sendable (TrustMaterial) -> any HTTPTransport
    ) {
        self.transport = transport
        self.keeper = keeper
        self.trusting = trusting
    }

    /// Made at the first request, since a certificate's files are read then; once for all sources
    /// that trust alike.
    func way(_ trust: SourceTrust?) async throws(SecretError) -> any HTTPTransport {
        guard let trust else { return transport }
        if let made = ways.withLock({ $0[trust] }) { return made }
        var material = TrustMaterial(serverName: trust.serverName)
        if let path = trust.authorities {
            material.authorities = Array(try await keeper.certificate(.file(path)).utf8)
        }
        if let path = trust.certificate {
            material.certificate = Array(try await keeper.certificate(.file(path)).utf8)
        }
        if let path = trust.key { material.key = try await keeper.document(.file(path)) }
        let made = trusting(material)
        return ways.withLock { ways in
            if let first = ways[trust] { return first }
            ways[trust] = made
            return made
        }
    }

    /// Takes every secret that was ever fetched out of others' words.
    var conceal: @Sendable (String) -> String {
        let keeper = keeper
        return { keeper.redaction.clean($0) }
    }
}
