/// How a command ends, in the numbers of sysexits.h, so that a unit file can tell them apart.
package enum ExitStatus: Int32, Sendable {
    case success = 0
    case failure = 1
    /// The work was done, and some of what was looked at fits nothing.
    case unmatched = 2
    /// EX_UNAVAILABLE: the mail server cannot be reached or used.
    case upstreamAway = 69
    /// EX_SOFTWARE: something of ours broke.
    case software = 70
    /// EX_CANTCREAT: a socket or a file cannot be made.
    case cannotCreate = 73
    /// EX_NOPERM: the state folder or a file belongs to somebody else.
    case permission = 77
    /// EX_CONFIG: the configuration is wrong. Starting again cannot help.
    case configuration = 78
}
