/// What the journal could not do, where, and what a person can do about it.
package struct JournalError: Error, Hashable, Sendable, CustomStringConvertible {
    package enum Code: Hashable, Sendable {
        /// The run id is taken.
        case exists
        case unknownRun
        /// Somebody else appended: we are no longer the holder.
        case displaced(JournalHead)
        /// A byte, record or tail is not what was written.
        case damaged
        /// The disk is full, an fsync failed, or the file may not be written.
        ///
        /// Nothing more can be remembered by this store; what it holds can still be read.
        case unwritable
        case unreadable
        /// Another process holds the file for longer than we wait.
        case busy
        /// This account may not do that to the objects in which the journal is kept.
        case denied
        /// Who keeps the journal does not answer, or not with anything that helps.
        case unreachable
        /// More bytes than one piece of the journal can hold.
        case tooLarge
    }

    /// Why an account may not do what it wants, and what else than a right may be missing.
    package enum Denial: Hashable, Sendable {
        /// The API server does not know the account, or not any more.
        case login
        /// The namespace is being removed.
        case leaving
        /// The namespace may not hold more.
        case quota
        case right

        /// Of what an API server says with its 403.
        package init(of said: String) {
            self =
                if said.contains("is being terminated") {
                    .leaving
                } else {
                    said.contains("exceeded quota") ? .quota : .right
                }
        }

        /// What to do, as the beginning of a sentence.
        package var remedy: String {
            switch self {
            case .login: "log in again, or give another --kubeconfig"
            case .leaving: "make the namespace anew once it is gone: somebody is removing it"
            case .quota: "raise the namespace's ResourceQuota, or make room below it"
            case .right: "give this account the right that it names"
            }
        }
    }

    package let code: Code
    /// The journal's address and what was being done.
    package let place: String
    package let detail: String
    /// Only of `.denied` it says anything.
    package let denial: Denial

    package init(_ code: Code, place: String, detail: String, denial: Denial = .right) {
        self.denial = denial
        self.code = code
        self.place = place
        self.detail = detail
    }

    package var description: String {
        """
        journal: \(detail.onOneLine) (\(name))
          where: \(place.onOneLine)
          do:    \(remedy)
        """
    }

    private var name: String {
        switch code {
        case .exists: "exists"
        case .unknownRun: "unknown run"
        case .displaced: "displaced"
        case .damaged: "damaged"
        case .unwritable: "unwritable"
        case .unreadable: "unreadable"
        case .busy: "busy"
        case .denied: "denied"
        case .unreachable: "unreachable"
        case .tooLarge: "too large"
        }
    }

    private var remedy: String {
        switch code {
        case .exists: "give another --run-id, or go on with that run: `theseus resume`"
        case .unknownRun:
            "see `theseus history` for the runs of this journal, or give another --journal"
        case .displaced: "another process holds this run: follow it with `theseus status`"
        case .damaged:
            "keep it as it is; `theseus abort SERVICE` works without it, a new run with "
                + "another --journal"
        case .unwritable:
            "make room, or make file and folder writable; `theseus abort` goes on without it"
        case .unreadable:
            "check that the file is there, is yours to read, and is not from a newer theseus; "
                + "`theseus abort` goes on without it"
        case .busy: "another process is writing to this journal: try again in a moment"
        case .denied where denial != .right: denial.remedy
        case .denied:
            "give the account's Role in this namespace {apiGroups: [\"\"], resources: [configmaps], "
                + "verbs: [get, list, create, update]}, or give --journal sqlite:PATH"
        case .unreachable: "see that the API server answers, then try again"
        case .tooLarge: "make the flow's manifests smaller, or give --journal sqlite:PATH"
        }
    }
}
