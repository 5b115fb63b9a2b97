internal import CLibcurl
internal import HTTPMessages

/// How one of libcurl's results is told to people and to code.
struct CurlFailure {
    let reason: HTTPFailure.Reason
    let detail: String

    /// `words` are libcurl's own about this transfer; shown where they add something.
    init(_ code: CURLcode, words: String) {
        let number = code.rawValue
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY:
            self.init(reason: .unresolved, detail: "")
        case CURLE_COULDNT_CONNECT:
            self.init(reason: .refused, detail: "")
        case CURLE_OPERATION_TIMEDOUT:
            self.init(reason: .timedOut, detail: "")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_CACERT_BADFILE,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_PINNEDPUBKEYNOTMATCH:
            self.init(reason: .untrusted, detail: words)
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE,
            CURLE_SEND_FAIL_REWIND, CURLE_ABORTED_BY_CALLBACK:
            self.init(reason: .reset, detail: "")
        case CURLE_URL_MALFORMAT:
            self.init(reason: .malformed, detail: "the URL cannot be read")
        case CURLE_UNSUPPORTED_PROTOCOL:
            self.init(reason: .malformed, detail: "neither http nor https")
        case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_CHUNK_FAILED:
            self.init(reason: .malformed, detail: words)
        case CURLE_FILESIZE_EXCEEDED:
            self.init(reason: .tooLarge, detail: "")
        default:
            self.init(reason: .reset, detail: "curl \(number): \(words)")
        }
    }

    init(reason: HTTPFailure.Reason, detail: String) {
        self.reason = reason
        self.detail = detail
    }
}
