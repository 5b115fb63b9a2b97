/// What the journal could not do, where, and what a person can do about it.
package struct JournalError: Error, Hashable, Sendable {
    package enum Code: Hashable, Sendable {
        /// The run id is taken.
        case exists
        case unknownRun
        /// Somebody else appended: we are no longer the holder.
        case displaced(JournalHead)
        /// A byte, record or tail is not what was written.
        case damaged
        /// The disk is full, an fsync failed, or the file may not be written: nothing more can be remembered.
        case unwritable
        case unreadable
        /// Another process holds the file for longer than we wait.
        case busy
    }

    package let code: Code
    /// The journal's address and what was being done.
    package let place: String
    package let detail: String

    package init(_ code: Code, place: String, detail: String) {
        self.code = code
        self.place = place
        self.detail = detail
    }
}
