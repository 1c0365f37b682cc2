import IMAP
import Testing

@Suite("Conversations about an open mailbox")
struct MailboxTranscriptTests {
    @Test(
        "go as written, in lines and octet by octet",
        arguments: listingSamples + examineSamples,
        [false, true]
    )
    func goAsWritten(_ sample: Sample, octetByOctet: Bool) throws { try sample.check(octetByOctet: octetByOctet) }
}

private let listingSamples: [Sample] = [
    .opened(
        "a listing: items in any order, sizes that make no sense, flags pushed, UIDs known before",
        """
        ! list 4
        C: t3 UID FETCH 5:* (UID RFC822.SIZE INTERNALDATE)
        S: * 1 FETCH (UID 4 RFC822.SIZE 9 INTERNALDATE "01-Jan-1970 00:00:00 +0000")
        S: * 2 FETCH (RFC822.SIZE 11 INTERNALDATE " 1-Jan-1970 02:00:01 +0200" FLAGS (\\Seen ("x" {1}
        S: ))) UID 5)
        = listed 5 11 1
        S: * 9999 FETCH (UID 6 RFC822.SIZE -1 INTERNALDATE "29-Feb-2024 23:59:59 -0730")
        = listed 6 ? 1709278199
        S: * 4 EXISTS
        S: * 2 FETCH (FLAGS (\\Seen))
        S: * 0 fetch (uid 8 rfc822.size 9.3736e+06)
        = listed 8 ? -
        S: * XUNKNOWN (((
        S: t3 OK
        = listing ended
        ! noop
        C: t4 NOOP
        S: * 2 EXPUNGE
        S: * VANISHED 4:5,9
        S: * VANISHED (EARLIER) 1:3
        S: t4 OK
        = alive 4 4
        """
    ),
    .opened(
        "duplicates and UID 0 above one in a hundred: the listing does not count",
        """
        ! list
        C: t3 UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE)
        S: * 1 FETCH (UID 0 RFC822.SIZE 9)
        S: t3 OK
        = refused misbehaved("listing does not make sense")
        = close
        """
    ),
    .opened(
        "a FETCH that cannot be read is not left out of the listing",
        """
        ! list
        C: t3 UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE)
        S: * 1 FETCH (UID 1 RFC822.SIZE
        = refused misbehaved("malformed FETCH response")
        = close
        """
    ),
    .opened(
        "ESEARCH, its ranges in any order; then a BAD and the old way",
        """
        ! search
        C: t3 UID SEARCH RETURN (ALL) ALL
        S: * ESEARCH (TAG "t3") UID ALL 9,4:2,5
        S: t3 OK
        = present 2:5,9:9
        ! search
        C: t4 UID SEARCH RETURN (ALL) ALL
        S: t4 BAD what
        C: t5 UID SEARCH ALL
        S: * SEARCH 1 2 3 7 (MODSEQ 9)
        S: t5 OK
        = present 1:3,7:7
        """
    ),
    .opened(
        "no SEARCH answer is not an empty mailbox",
        """
        ! search
        C: t3 UID SEARCH RETURN (ALL) ALL
        S: t3 OK
        = refused misbehaved("SEARCH told nothing")
        = close
        """
    ),
    .opened(
        "a changed UIDVALIDITY ends it",
        "S: * OK [UIDVALIDITY 8] new\n= refused misbehaved(\"UIDVALIDITY changed\")\n= close"
    ),
    .opened(
        "a tag that was not sent ends it",
        "S: t3 OK hm\n= refused misbehaved(\"answer to a tag that was not sent\")\n= close"
    ),
    .opened("BYE while idle", "S: * BYE idle too long\n= refused disconnected\n= close"),
]

private let examineSamples: [Sample] = [
    .opened(
        "EXAMINE once more: what is true now, and counting begins anew",
        """
        S: * 4 EXISTS
        S: * 1 EXPUNGE
        ! again
        C: t3 EXAMINE "INBOX"
        S: * 2 EXPUNGE
        S: * 9 EXISTS
        S: * OK [UIDVALIDITY 7] valid
        S: * OK [UIDNEXT 20] next
        S: t3 OK examined
        = opened 7, 9 exist, next 20
        S: * 8 EXISTS
        ! noop
        C: t4 NOOP
        S: t4 OK
        = alive 8 0
        """
    ),
    Sample(
        "quota is asked once",
        Conversation.machine(asksQuota: true),
        """
        S: * OK [CAPABILITY IMAP4rev1] hello
        C: t1 LOGIN "jo" "pw"
        S: t1 OK [CAPABILITY IMAP4rev1 QUOTA] in
        C: t2 EXAMINE "INBOX"
        S: * 1 EXISTS
        S: * OK [UIDVALIDITY 5] Ok
        S: t2 OK [READ-ONLY]
        C: t3 GETQUOTAROOT "INBOX"
        S: t3 OK
        = opened 5, 1 exist, next -
        ! again
        C: t4 EXAMINE "INBOX"
        S: * 2 EXISTS
        S: * OK [UIDVALIDITY 5] Ok
        S: t4 OK [READ-ONLY]
        = opened 5, 2 exist, next -
        """
    ),
    .opened(
        "a mailbox made anew is told with its UIDVALIDITY, and the old proof opens nothing",
        """
        ! again
        C: t3 EXAMINE "INBOX"
        S: * 0 EXISTS
        S: * OK [UIDVALIDITY 8] valid
        S: t3 OK [READ-ONLY] examined
        = opened 8, 0 exist, next -
        """
    ),
    .opened(
        "no EXISTS in the second answer is not what was before",
        """
        ! again
        C: t3 EXAMINE "INBOX"
        S: * OK [UIDVALIDITY 7] valid
        S: t3 OK [READ-ONLY] examined
        = refused misbehaved("EXAMINE told no EXISTS")
        = close
        """
    ),
    .opened(
        "[READ-WRITE] is refused at the second time too",
        """
        ! again
        C: t3 EXAMINE "INBOX"
        S: * 1 EXISTS
        S: * OK [UIDVALIDITY 7] valid
        S: t3 OK [READ-WRITE] examined
        = refused readWrite
        C: t4 LOGOUT
        = close
        """
    ),
    .opened(
        "NO to the second EXAMINE leaves no mailbox behind (RFC 3501 §6.3.1)",
        """
        ! again
        C: t3 EXAMINE "INBOX"
        S: t3 NO [NONEXISTENT] gone
        = refused noSuchMailbox
        C: t4 LOGOUT
        = close
        """
    ),
]
