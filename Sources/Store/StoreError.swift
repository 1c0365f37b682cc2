import GRDB

package import enum Gateway.StoreFailure

/// Why the store could not be opened, or a command on it not be carried out. The text is for the operator.
package enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The state folder belongs to another user; nothing was touched.
    case wrongUser(owner: String)
    /// No state folder here: the server has not run yet.
    case noState(folder: String)
    /// The folder or a file in it cannot be used.
    case unusable(path: String, reason: String)
    /// SQLite did not take a setting on which promise 3 depends.
    case settingRefused(String)
    case unknownSession(String)
    /// More than one session begins with this.
    case ambiguousSession(String)
    case sessionStillOpen(String)
    case sessionWithoutAccount(String)
    case unknownDevice(String)
    /// More than one account has a device of this name.
    case ambiguousDevice(String)
    case nameTaken(String)
    case badName(String)
    case failed(StoreFailure)

    package var description: String {
        switch self {
        case .wrongUser(let owner): "the state folder belongs to \(owner): run this command as \(owner)"
        case .noState(let folder): "there is no state in \(folder): start the server first, or name its folder"
        case .unusable(let path, let reason): "cannot use \(path): \(reason)"
        case .settingRefused(let setting): "the database did not take the setting \(setting)"
        case .unknownSession(let id): "no session \(id) is on record"
        case .ambiguousSession(let id): "more than one session begins with \(id): give more of it"
        case .sessionStillOpen(let id): "session \(id) has not ended yet"
        case .sessionWithoutAccount(let id): "session \(id) never logged in"
        case .unknownDevice(let name): "there is no device \(name)"
        case .ambiguousDevice(let name): "more than one account has a device \(name): say --account"
        case .nameTaken(let name): "a device named \(name) exists already in this account"
        case .badName: "a device name is 1 to 32 of A-Z a-z 0-9 . _ -"
        case .failed(.busy): "another process is writing to the state folder: try again"
        case .failed(.full): "the disk is full"
        case .failed(.tooManyDevices): "the account has 200 devices already"
        case .failed(.broken(let reason)): "the store failed: \(reason)"
        }
    }
}

extension StoreError {
    /// An error of a command's work, as its operator reads it.
    init(_ error: any Error) {
        self = error as? StoreError ?? .failed(StoreFailure(error))
    }
}

extension StoreFailure {
    /// What an error of the database means to a session.
    init(_ error: any Error) {
        switch error {
        case let failure as StoreFailure:
            self = failure
        case let error as StoreError:
            self = .broken(reason: error.description)
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
            case .SQLITE_FULL: self = .full
            // A full disk under a shared-memory file shows as an I/O error, and recovers the same way.
            case .SQLITE_IOERR where Self.isFullDisk(error): self = .full
            default: self = .broken(reason: error.message ?? "SQLite error \(error.extendedResultCode.rawValue)")
            }
        default:
            self = .broken(reason: "\(type(of: error))")
        }
    }

    private static func isFullDisk(_ error: DatabaseError) -> Bool {
        [ResultCode.SQLITE_IOERR_WRITE, .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_TRUNCATE]
            .contains(error.extendedResultCode)
    }
}
