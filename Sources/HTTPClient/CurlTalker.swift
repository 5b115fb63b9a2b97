package import HTTPMessages

/// Holds talks over bare connections by libcurl, each on a thread of its own that ends with it.
package struct CurlTalker: TCPTransport {
    private let options: CurlOptions

    /// Of the options, what is said of trust counts.
    package init(options: CurlOptions = CurlOptions()) { self.options = options }

    package func hold(_ talk: TCPTalk) async throws(HTTPFailure) -> [UInt8] {
        let exchange = CurlExchange(number: 0, place: talk.place, stream: nil)
        let answer = await exchange.answer {
            if !CurlTalkThread.start(talk, exchange, options) {
                exchange.fail(.reset, detail: "the system has no thread for it")
            }
        } onCancel: {
            // The thread looks whether it is over, and ends with its time limit at the latest.
        } onPull: {
        }
        return try answer.get().body.bytes ?? []
    }
}
