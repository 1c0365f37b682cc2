import IMAP
import Testing

@Suite("Conversations about what a message is known by")
struct IdentityTranscriptTests {
    @Test("go as written, in lines and octet by octet", arguments: serverIDSamples + headerSamples, [false, true])
    func goAsWritten(_ sample: Sample, octetByOctet: Bool) throws { try sample.check(octetByOctet: octetByOctet) }
}

private func announcing(_ name: String, _ description: String, _ rest: String) -> Sample {
    let opening = Sample.opening.replacing("[CAPABILITY IMAP4rev1 ESEARCH]", with: "[CAPABILITY IMAP4rev1 \(name)]")
    return Sample(description, opening + rest)
}

private let serverIDSamples: [Sample] = [
    announcing(
        "OBJECTID",
        "EMAILID is asked for where it is announced; what is no objectid is none",
        """
        ! list
        C: t3 UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE EMAILID)
        S: * 1 FETCH (UID 1 EMAILID (M6d99ac3275bb4e) RFC822.SIZE 9)
        = listed 1 9 - EM6d99ac3275bb4e
        S: * 2 FETCH (EMAILID (a b) UID 2 RFC822.SIZE 9)
        = listed 2 9 -
        S: * 3 FETCH (EMAILID NIL UID 3 RFC822.SIZE 9)
        = listed 3 9 -
        S: * 4 FETCH (EMAILID () UID 4 RFC822.SIZE 9)
        = listed 4 9 -
        S: * 5 FETCH (EMAILID (a.b) UID 5 RFC822.SIZE 9)
        = listed 5 9 -
        S: t3 OK
        = listing ended
        """
    ),
    announcing(
        "X-GM-EXT-1",
        "Gmail's number, then a server that does not understand what it announces",
        """
        ! list
        C: t3 UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE X-GM-MSGID)
        S: * 1 FETCH (X-GM-MSGID 1278455344230334865 UID 1 RFC822.SIZE 9)
        = listed 1 9 - G1278455344230334865
        S: * 2 FETCH (X-GM-MSGID 12784553442303348650000 UID 2 RFC822.SIZE 9)
        = listed 2 9 -
        S: t3 OK
        = listing ended
        ! list
        C: t4 UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE X-GM-MSGID)
        S: t4 BAD what
        C: t5 UID FETCH 1:* (UID RFC822.SIZE INTERNALDATE)
        S: * 1 FETCH (UID 1 RFC822.SIZE 9)
        = listed 1 9 -
        S: t5 OK
        = listing ended
        """
    ),
]

private let headerSamples: [Sample] = [
    Sample(
        "headers: in any order, the UID before or behind, quoted, one twice, one of another message, one that has gone",
        Sample.opening + """
            ! headers 9 7 8 11 30
            C: t3 UID FETCH 7:9,11,30 (UID BODY.PEEK[HEADER])
            S: * 3 FETCH (UID 9 BODY[HEADER] {6}
            S: a: b
            S: )
            = header of 9: a: b␍␊
            S: * 3 FETCH (UID 9 BODY[HEADER] {6}
            S: c: d
            S: )
            S: * 1 FETCH (BODY[HEADER] "e: \\"f\\"" FLAGS (\\Seen) UID 7)
            = header of 7: e: "f"
            S: * 2 FETCH (body[header] {4}
            S: g: h UID 8)
            = header of 8: g: h
            S: * 4 FETCH (UID 10 BODY[HEADER] "i: j")
            S: * 4 FETCH (FLAGS (\\Seen))
            S: * 6 FETCH (UID 11 BODY[HEADER] NIL)
            S: t3 OK
            = headers ended
            """
    ),
    Sample(
        "headers: a section that was not asked for is none; NO leaves the connection as it was",
        Sample.opening + """
            ! headers 7
            C: t3 UID FETCH 7 (UID BODY.PEEK[HEADER])
            S: * 1 FETCH (UID 7 BODY[] {4}
            S: abcd)
            S: * 1 FETCH (UID 7 BODY[HEADER]<0> {4}
            S: abcd)
            S: t3 NO [EXPUNGEISSUED] gone
            = refused messageGone
            ! headers 7
            C: t4 UID FETCH 7 (UID BODY.PEEK[HEADER])
            S: * 1 FETCH (UID 7 BODY[HEADER] {0}
            S: )
            = header of 7: 
            S: t4 OK
            = headers ended
            """
    ),
    Sample(
        "details: the list of fields as the server likes it; the whole header, or all fields but these, are not what was asked for",
        Sample.opening + """
            ! details 9 7 8 11 12
            C: t3 UID FETCH 7:9,11:12 (UID BODY.PEEK[HEADER.FIELDS (MESSAGE-ID FROM SUBJECT DATE)])
            S: * 3 FETCH (UID 9 BODY[HEADER.FIELDS (MESSAGE-ID FROM SUBJECT DATE)] {14}
            S: From: a@x.jp
            S: )
            = header of 9: From: a@x.jp␍␊
            S: * 1 FETCH (BODY[HEADER.FIELDS ("Message-ID" "From" "Subject" "Date")] "Subject: ]" UID 7)
            = header of 7: Subject: ]
            S: * 2 FETCH (UID 8 body[header.fields (Date From Message-Id Subject)] {4}
            S: g: h)
            = header of 8: g: h
            S: * 4 FETCH (UID 11 BODY[HEADER] {4}
            S: i: j)
            S: * 4 FETCH (UID 11 BODY[HEADER.FIELDS.NOT (MESSAGE-ID)] {4}
            S: i: j)
            S: * 5 FETCH (UID 12 BODY[HEADER.FIELDS (DATE)] NIL)
            S: t3 OK
            = headers ended
            ! headers 7
            C: t4 UID FETCH 7 (UID BODY.PEEK[HEADER])
            S: * 1 FETCH (UID 7 BODY[HEADER.FIELDS (DATE)] {4}
            S: a: b)
            S: t4 OK
            = headers ended
            """
    ),
]
