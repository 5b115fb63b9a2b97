internal import CLibcurl
internal import HTTPMessages

/// libcurl's easy handle: one request, freed with its owner.
@safe struct CurlEasy: ~Copyable {
    /// Nil if libcurl had no memory; it takes nil everywhere, and does nothing.
    private let easy: OpaquePointer?
    private let lines: UnsafeMutablePointer<curl_slist>?
    private let detours: UnsafeMutablePointer<curl_slist>?
    private let errors: UnsafeMutablePointer<CChar>
    /// False: libcurl had no memory, or did not like what it was told.
    ///
    /// Do not use it.
    private(set) var isReady = false

    init(request: HTTPRequest, uploadCount: Int, options: CurlOptions) {
        let raw = unsafe curl_easy_init()
        unsafe easy = raw.map { OpaquePointer($0) }
        let elsewhere = options.serverName.flatMap { CurlDestination(request, serverName: $0) }
        unsafe lines = Self.headerLines(
            request, authority: elsewhere?.authority, options: options)
        unsafe detours = elsewhere.flatMap { unsafe curl_slist_append(nil, $0.detour) }
        unsafe errors = .allocate(capacity: theseus_curl_error_size)
        unsafe errors.initialize(repeating: 0, count: theseus_curl_error_size)
        unsafe theseus_curl_set_lines(raw, lines)
        unsafe theseus_curl_set_detours(raw, detours)
        unsafe theseus_curl_set_pointer(raw, CURLOPT_ERRORBUFFER, errors)
        isReady =
            setOptions(options) && set(CURLOPT_URL, elsewhere?.url ?? request.url)
            && setMethod(request.method, uploadCount: uploadCount)
            && sign(request)
            && setFreshness(request)
            && setVersion(options.offersHTTP2 && uploadCount == 0, request)
            && (request.streams || set(CURLOPT_ACCEPT_ENCODING, "gzip"))
    }

    deinit {
        unsafe curl_easy_cleanup(raw)
        unsafe curl_slist_free_all(lines)
        unsafe curl_slist_free_all(detours)
        unsafe errors.deallocate()
    }

    @unsafe var raw: UnsafeMutableRawPointer? { unsafe UnsafeMutableRawPointer(easy) }

    /// libcurl's own words on what went wrong.
    var words: String { unsafe String(cString: errors) }

    /// Its connection is for nobody else after it: it did not answer in time.
    func distrustConnection() { _ = set(CURLOPT_FORBID_REUSE, 1) }

    /// Lets a paused transfer go on.
    func resume() { unsafe curl_easy_pause(raw, CURLPAUSE_CONT) }

    /// Sends what libcurl asks and says to `transfer`, which must own this handle.
    func callBack(_ transfer: CurlTransfer) {
        let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
        unsafe theseus_curl_set_pointer(raw, CURLOPT_PRIVATE, context)
        unsafe theseus_curl_set_pointer(raw, CURLOPT_HEADERDATA, context)
        unsafe theseus_curl_set_pointer(raw, CURLOPT_WRITEDATA, context)
        unsafe theseus_curl_set_pointer(raw, CURLOPT_READDATA, context)
        unsafe theseus_curl_set_pointer(raw, CURLOPT_PREREQDATA, context)
        unsafe theseus_curl_set_copy(raw, CURLOPT_HEADERFUNCTION, curlHeardLine)
        unsafe theseus_curl_set_copy(raw, CURLOPT_WRITEFUNCTION, curlHeardBody)
        unsafe theseus_curl_set_copy(raw, CURLOPT_READFUNCTION, curlWantsUpload)
        unsafe theseus_curl_set_ask(raw, curlMayBegin)
    }

    /// Asks `transfer` about every address before it is met.
    func askAboutAddresses(_ transfer: CurlTransfer) {
        let context = unsafe Unmanaged.passUnretained(transfer).toOpaque()
        unsafe theseus_curl_set_pointer(raw, CURLOPT_OPENSOCKETDATA, context)
        unsafe theseus_curl_set_opener(raw, curlOpens)
    }

    /// A connection that nobody asked about must not serve a request that asks, nor the other way.
    private func setFreshness(_ request: HTTPRequest) -> Bool {
        let isAlone = request.sparesInnerAddresses
        return set(CURLOPT_FRESH_CONNECT, request.freshConnection || isAlone ? 1 : 0)
            && set(CURLOPT_FORBID_REUSE, isAlone ? 1 : 0)
    }

    private func setOptions(_ options: CurlOptions) -> Bool {
        // QUICK_EXIT: without it libcurl waits for a look-up that hangs when its transfer ends.
        set(CURLOPT_NOSIGNAL, 1) && set(CURLOPT_QUICK_EXIT, 1)
            && set(CURLOPT_PROTOCOLS_STR, "http,https")
            && set(CURLOPT_FOLLOWLOCATION, 0)
            && set(CURLOPT_HTTP09_ALLOWED, 0)
            && set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
            && set(CURLOPT_TCP_NODELAY, 1)
            && set(CURLOPT_TCP_KEEPALIVE, 1) && set(CURLOPT_TCP_KEEPIDLE, 30)
            && set(CURLOPT_TCP_KEEPINTVL, 10)
            && boundSilence()
            && set(CURLOPT_PROXY, options.proxy ?? "") && set(CURLOPT_NOPROXY, "")
            && set(CURLOPT_SSL_VERIFYPEER, options.insecure ? 0 : 1)
            && set(CURLOPT_SSL_VERIFYHOST, options.insecure ? 0 : 2)
            && setTrust(options)
    }

    /// A request with a body always goes by HTTP/1.1.
    ///
    /// libcurl 7.88, which Debian 12 has, waits for ever where an HTTP/2 server answers before it has the
    /// body, as an API server does that is too busy or does not know us.
    private func setVersion(_ mayBeHTTP2: Bool, _ request: HTTPRequest) -> Bool {
        guard mayBeHTTP2 else { return set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1) }
        // Many that begin at once wait to see whether the first connection takes them all.
        return set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS)
            && set(CURLOPT_PIPEWAIT, request.freshConnection ? 0 : 1)
    }

    private func boundSilence() -> Bool { unsafe theseus_curl_bound_silence(raw) == CURLE_OK }

    private func setTrust(_ options: CurlOptions) -> Bool {
        // Instead of the system's, not beside them.
        if options.caFile != nil || options.authorities != nil {
            unsafe theseus_curl_set_text(raw, CURLOPT_CAPATH, nil)
        }
        if let file = options.caFile, !set(CURLOPT_CAINFO, file) { return false }
        if let bytes = options.authorities, !set(CURLOPT_CAINFO_BLOB, bytes) { return false }
        guard let identity = options.identity else { return true }
        return set(CURLOPT_SSLCERT_BLOB, identity.certificate)
            && set(CURLOPT_SSLKEY_BLOB, identity.key)
    }

    private func setMethod(_ method: String, uploadCount: Int) -> Bool {
        switch method {
        case "GET" where uploadCount == 0: return set(CURLOPT_HTTPGET, 1)
        case "HEAD": return set(CURLOPT_NOBODY, 1)
        case "POST", "PUT", "PATCH": break
        default:
            if uploadCount == 0 { return set(CURLOPT_CUSTOMREQUEST, method) }
        }
        let code = unsafe theseus_curl_set_large(
            raw, CURLOPT_POSTFIELDSIZE_LARGE, uploadCount)
        return code == CURLE_OK && set(CURLOPT_POST, 1) && set(CURLOPT_CUSTOMREQUEST, method)
    }

    /// libcurl makes the signature of a body that it has as a whole, and of none that it asks for
    /// piece by piece.
    private func sign(_ request: HTTPRequest) -> Bool {
        guard let signature = request.signature else { return true }
        let body = request.body.bytes ?? []
        return set(CURLOPT_AWS_SIGV4, "aws:amz:\(signature.region):\(signature.service)")
            && set(CURLOPT_USERNAME, signature.accessKey)
            && set(CURLOPT_PASSWORD, signature.secretKey)
            && (body.isEmpty || setFields(body))
    }

    /// libcurl keeps a copy, as long as was said before.
    private func setFields(_ body: [UInt8]) -> Bool {
        let code = unsafe body.withUnsafeBytes { bytes in
            unsafe theseus_curl_set_fields(raw, bytes.baseAddress)
        }
        return code == CURLE_OK
    }

    private func set(_ option: CURLoption, _ value: Int) -> Bool {
        unsafe theseus_curl_set_long(raw, option, value) == CURLE_OK
    }

    private func set(_ option: CURLoption, _ value: String) -> Bool {
        unsafe theseus_curl_set_text(raw, option, value) == CURLE_OK
    }

    private func set(_ option: CURLoption, _ bytes: [UInt8]) -> Bool {
        let code = unsafe bytes.withUnsafeBytes { bytes in
            unsafe theseus_curl_set_blob(raw, option, bytes.baseAddress, bytes.count)
        }
        return code == CURLE_OK
    }

    private static func headerLines(
        _ request: HTTPRequest, authority: String?, options: CurlOptions
    ) -> UnsafeMutablePointer<curl_slist>? {
        var headers = request.headers
        if let authority, headers["host"] == nil { headers["Host"] = authority }
        if headers["user-agent"] == nil { headers["User-Agent"] = options.userAgent }
        if case .tree = request.body, headers["content-type"] == nil {
            headers["Content-Type"] = "application/json"
        }
        var lines: UnsafeMutablePointer<curl_slist>?
        func add(_ line: String) {
            // Nil: no memory; what is there so far stays as it is.
            if let longer = unsafe curl_slist_append(lines, line) { unsafe lines = longer }
        }
        for line in headers.lines {
            // libcurl's way to write a header without a value.
            add(line.value.isEmpty ? "\(line.name);" : "\(line.name): \(line.value)")
        }
        // A colon and nothing takes away what libcurl would add by itself: a wait for
        // "100 Continue", and a form's content type. A signature would count such lines, too.
        if request.signature != nil { return unsafe lines }
        if headers["expect"] == nil { add("Expect:") }
        if headers["content-type"] == nil { add("Content-Type:") }
        return unsafe lines
    }
}
