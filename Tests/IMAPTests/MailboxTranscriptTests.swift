import IMAP
import Testing

@Suite("Conversations about an open mailbox")
struct MailboxTranscriptTests {
    @Test("go as written, in lines and octet by octet", arguments: listingSamples + fetchSamples, [false, true])
    func goAsWritten(_ sample: Sample, octetByOctet: Bool) throws { try sample.check(octetByOctet: octetByOctet) }
}

private func opened(_ description: String, _ rest: String) -> Sample {
    Sample(description, Sample.opening + rest)
}

private let listingSamples: [Sample] = [
    opened(
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
    opened(
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
    opened(
        "a FETCH that cannot be read is not left out of the listing",
        """
        ! list
        C: t3 UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE)
        S: * 1 FETCH (UID 1 RFC822.SIZE
        = refused misbehaved("malformed FETCH response")
        = close
        """
    ),
    opened(
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
    opened(
        "no SEARCH answer is not an empty mailbox",
        """
        ! search
        C: t3 UID SEARCH RETURN (ALL) ALL
        S: t3 OK
        = refused misbehaved("SEARCH told nothing")
        = close
        """
    ),
    opened(
        "a changed UIDVALIDITY ends it",
        "S: * OK [UIDVALIDITY 8] new\n= refused misbehaved(\"UIDVALIDITY changed\")\n= close"
    ),
    opened(
        "a tag that was not sent ends it",
        "S: t3 OK hm\n= refused misbehaved(\"answer to a tag that was not sent\")\n= close"
    ),
    opened("BYE while idle", "S: * BYE idle too long\n= refused disconnected\n= close"),
]

private let fetchSamples: [Sample] = [
    opened(
        "a literal, with news before, between and behind; braces in texts mean nothing",
        """
        ! fetch 7
        C: t3 UID FETCH 7 (UID BODY.PEEK[])
        S: * OK see {99}
        S: * 1 FETCH (UID 7 FLAGS (\\Seen) BODY[] {5}
        = body of 5
        S: he)
        = text he)␍␊
        S: )
        S: * 3 EXPUNGE
        S: t3 OK done {7}
        = body ended
        """
    ),
    opened(
        "UID behind the literal, literal8, other case, part of a text",
        """
        ! fetch 7 0 4
        C: t3 UID FETCH 7 (UID BODY.PEEK[]<0.4>)
        S: * 1 fetch (body[]<0> ~{4}
        = body of 4
        S: abcd uid 7)
        = text abcd
        S: t3 OK
        = body ended
        """
    ),
    opened(
        "an empty literal ends by itself, a quoted string is a text too",
        """
        ! fetch 7 90 4
        C: t3 UID FETCH 7 (UID BODY.PEEK[]<90.4>)
        S: * 1 FETCH (UID 7 BODY[]<90> {0}
        = body of 0
        S: )
        S: t3 OK
        = body ended
        ! fetch 8
        C: t4 UID FETCH 8 (UID BODY.PEEK[])
        S: * 1 FETCH (UID 8 BODY[] "a\\"b\\\\c")
        = body of 5
        = text a"b\\c
        S: t4 OK
        = body ended
        """
    ),
    opened(
        "gone: NIL, nothing at all, EXPUNGEISSUED; unavailable: NO",
        """
        ! fetch 7
        C: t3 UID FETCH 7 (UID BODY.PEEK[])
        S: * 1 FETCH (UID 7 BODY[] NIL)
        S: t3 OK [EXPUNGEISSUED] some are gone
        = refused messageGone
        ! fetch 7
        C: t4 UID FETCH 7 (UID BODY.PEEK[])
        S: t4 OK
        = refused messageGone
        ! fetch 7
        C: t5 UID FETCH 7 (UID BODY.PEEK[])
        S: t5 NO [EXPUNGEISSUED] gone
        = refused messageGone
        ! fetch 7
        C: t6 UID FETCH 7 (UID BODY.PEEK[])
        S: t6 NO [LIMIT] later
        = refused messageUnavailable
        ! fetch 7
        C: t7 UID FETCH 7 (UID BODY.PEEK[])
        S: t7 BAD Request is throttled. Suggested Backoff Time: 299961 milliseconds
        = refused throttled(seconds: Optional(300))
        ! fetch 7
        C: t8 UID FETCH 7 (UID BODY.PEEK[])
        S: t8 BAD User is authenticated but not connected.
        = refused unavailable
        C: t9 LOGOUT
        = close
        """
    ),
    opened(
        "another message's text, and a second one, are dropped",
        """
        ! fetch 7
        C: t3 UID FETCH 7 (UID BODY.PEEK[])
        S: * 1 FETCH (UID 8 BODY[] {2}
        S: xx)
        S: * 1 FETCH (UID 7 BODY[] {2}
        = body of 2
        S: ab)
        = text ab
        S: * 1 FETCH (UID 7 BODY[] {2}
        S: cd)
        S: t3 OK
        = body ended
        """
    ),
    opened(
        "a text that turns out to be another message's ends it",
        """
        ! fetch 7
        C: t3 UID FETCH 7 (UID BODY.PEEK[])
        S: * 1 FETCH (BODY[] {2}
        = body of 2
        S: ab UID 8)
        = text ab
        = refused misbehaved("body of another message")
        = close
        """
    ),
    opened(
        "a text of which the server names no message is not taken for ours",
        """
        ! fetch 7
        C: t3 UID FETCH 7 (UID BODY.PEEK[])
        S: * 1 FETCH (BODY[] {2}
        = body of 2
        S: ab FLAGS ())
        = text ab
        = refused misbehaved("body of another message")
        = close
        """
    ),
    opened(
        "a text that is cut never ends",
        """
        ! fetch 7
        C: t3 UID FETCH 7 (UID BODY.PEEK[])
        S: * 1 FETCH (UID 7 BODY[] {9}
        = body of 9
        S: ab
        = text ab␍␊
        ! cut
        = refused disconnected
        = close
        """
    ),
    opened(
        "a literal one too short leaves a response that cannot be read",
        """
        ! fetch 7
        C: t3 UID FETCH 7 (UID BODY.PEEK[])
        S: * 1 FETCH (UID 7 BODY[] {1}
        = body of 1
        S: ab)
        = text a
        = refused misbehaved("malformed FETCH response")
        = close
        """
    ),
]
