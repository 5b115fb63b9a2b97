/// What libyaml reports, one after the other.
struct YAMLEvent {
    enum Kind {
        case streamStart
        case streamEnd
        case documentStart
        case documentEnd
        case alias(String)
        case scalar(String, isPlain: Bool, YAMLProperties)
        case sequenceStart(YAMLProperties)
        case sequenceEnd
        case mappingStart(YAMLProperties)
        case mappingEnd
    }

    let kind: Kind
    let place: YAMLPlace
}

/// What may be written before a value.
struct YAMLProperties {
    let anchor: String?
    /// In full: `tag:yaml.org,2002:str` for `!!str`.
    let tag: String?
}

/// What is wrong, before file and line are put to it.
struct YAMLFault: Error {
    enum Position {
        case place(YAMLPlace)
        /// Counted in bytes.
        case offset(Int)
    }

    let code: YAMLError.Code
    let position: Position

    init(_ code: YAMLError.Code, at place: YAMLPlace) {
        self.code = code
        self.position = .place(place)
    }

    init(_ code: YAMLError.Code, atOffset offset: Int) {
        self.code = code
        self.position = .offset(offset)
    }
}
