import Foundation
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
    /// A user name that another device has, or an account.
    case userTaken(String)
    case badUser(String)
    case hasCredential(String)
    /// One that the configuration does not list.
    case unknownAccount(String)
    case noCredential(String)
    /// What another device is known by.
    case identifierTaken(String, device: String)
    case unknownIdentifier(String)
    case sameDevice(String)
    /// Only devices of one account can be merged.
    case otherAccounts(String, String)
    case bothHaveCredentials(String)
    /// A file that is no certificate.
    case badCertificate(String)
    /// No mailbox of this account waits for an operator's word.
    case nothingToAccept(String)
    /// Of the review page's tokens.
    case tokenNameTaken(String)
    case unknownToken(String)
    case tooManyTokens
    /// A folder that is no backup, or one that was changed or cut.
    case badBackup(reason: String)
    /// A state is there already, and nobody said that it may be replaced.
    case stateExists(folder: String)
    case unknownRecord(Int64)
    /// An old record that was dropped.
    case recordDropped(Int64)
    /// The record, or what it is to be proven by, is damaged.
    case unprovable(Int64)
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
        case .userTaken(let user): "the user name \(user) is taken: choose another with --user"
        case .badUser: "a user name is 1 to 64 of a-z 0-9 @ . _ - +: choose one with --user"
        case .hasCredential(let name): "device \(name) has a password already: device rotate makes a new one"
        case .unknownAccount(let login): "the configuration lists no account \(login)"
        case .noCredential(let name): "device \(name) has no password of its own: device add --password makes one"
        case .identifierTaken(let identifier, let device): "device \(device) is known by \(identifier) already"
        case .unknownIdentifier(let identifier): "the device is not known by \(identifier)"
        case .sameDevice(let name): "\(name) cannot be merged with itself"
        case .otherAccounts(let from, let into): "\(from) and \(into) are not of one account"
        case .bothHaveCredentials(let name):
            "both devices have a password of their own: take one away (device identify --user … --remove), then merge into \(name)"
        case .badCertificate(let reason): "this is no certificate: \(reason)"
        case .nothingToAccept(let account): "no mailbox of \(account) waits to be accepted"
        case .tokenNameTaken(let name): "a token named \(name) exists already: remove it first, or choose another name"
        case .unknownToken(let name): "there is no token \(name)"
        case .tooManyTokens: "there are too many tokens: remove those that nobody uses"
        case .badBackup(let reason): "nothing was restored, since this backup cannot be used: \(reason)"
        case .stateExists(let folder): "there is a state in \(folder): say --replace, and it is kept aside"
        case .unknownRecord(let sequence): "there is no record \(sequence)"
        case .recordDropped(let sequence): "record \(sequence) was dropped: a proof must be made before"
        case .unprovable(let sequence): "record \(sequence) cannot be proven: audit verify tells what is wrong"
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
        case let error as CocoaError where error.code == .fileWriteOutOfSpace:
            self = .full
        case let error as CocoaError:
            self = .broken(reason: error.localizedDescription)
        default:
            self = .broken(reason: "\(type(of: error))")
        }
    }

    private static func isFullDisk(_ error: DatabaseError) -> Bool {
        [ResultCode.SQLITE_IOERR_WRITE, .SQLITE_IOERR_SHMSIZE, .SQLITE_IOERR_TRUNCATE]
            .contains(error.extendedResultCode)
    }
}
