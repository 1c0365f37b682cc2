let fetchSamples: [Sample] = [
    .opened(
        "a literal, with news before, between and behind; braces in texts mean nothing",
        """
        ! fetch 7
        C: t3 UID FETCH 7 (UID BODY.PEEK[])
        S: * OK see {99}
        S: * 1 FETCH (UID 7 FLAGS (\\Seen) BODY[] {5}
        = body of 7, 5 octets
        S: he)
        = text he)␍␊
        S: )
        = body of 7 ended
        S: * 3 EXPUNGE
        S: t3 OK done {7}
        = fetch ended
        """
    ),
    .opened(
        "UID behind the literal, literal8, other case, part of a text",
        """
        ! fetch 7 0 4
        C: t3 UID FETCH 7 (UID BODY.PEEK[]<0.4>)
        S: * 1 fetch (body[]<0> ~{4}
        = body of ?, 4 octets
        S: abcd uid 7)
        = text abcd
        = body of 7 ended
        S: t3 OK
        = fetch ended
        """
    ),
    .opened(
        "an empty literal ends by itself, a quoted string is a text too",
        """
        ! fetch 7 90 4
        C: t3 UID FETCH 7 (UID BODY.PEEK[]<90.4>)
        S: * 1 FETCH (UID 7 BODY[]<90> {0}
        = body of 7, 0 octets
        S: )
        = body of 7 ended
        S: t3 OK
        = fetch ended
        ! fetch 8
        C: t4 UID FETCH 8 (UID BODY.PEEK[])
        S: * 1 FETCH (UID 8 BODY[] "a\\"b\\\\c")
        = body of 8, 5 octets
        = text a"b\\c
        = body of 8 ended
        S: t4 OK
        = fetch ended
        """
    ),
    .opened(
        "gone: NIL, nothing at all, EXPUNGEISSUED; unavailable: NO",
        """
        ! fetch 7
        C: t3 UID FETCH 7 (UID BODY.PEEK[])
        S: * 1 FETCH (UID 7 BODY[] NIL)
        = body of 7 gone
        S: t3 OK [EXPUNGEISSUED] some are gone
        = fetch ended
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
    .opened(
        "NIL, and NO behind it: gone",
        """
        ! fetch 7
        C: t3 UID FETCH 7 (UID BODY.PEEK[])
        S: * 1 FETCH (UID 7 BODY[] NIL)
        = body of 7 gone
        S: t3 NO some could not be fetched
        = refused messageGone
        """
    ),
    .opened(
        "another message's text, and a second one, are dropped",
        """
        ! fetch 7
        C: t3 UID FETCH 7 (UID BODY.PEEK[])
        S: * 1 FETCH (UID 8 BODY[] {2}
        S: xx)
        S: * 1 FETCH (UID 7 BODY[] {2}
        = body of 7, 2 octets
        S: ab)
        = text ab
        = body of 7 ended
        S: * 1 FETCH (UID 7 BODY[] {2}
        S: cd)
        S: * 1 FETCH (UID 7 BODY[] NIL)
        S: * 1 FETCH (BODY[] {2}
        S: ef UID 7)
        S: t3 OK
        = fetch ended
        """
    ),
    .opened(
        "a text that turns out to be another message's ends it",
        """
        ! fetch 7
        C: t3 UID FETCH 7 (UID BODY.PEEK[])
        S: * 1 FETCH (BODY[] {2}
        = body of ?, 2 octets
        S: ab UID 8)
        = text ab
        = refused misbehaved("body of another message")
        = close
        """
    ),
    .opened(
        "a text of which the server names no message is not taken for ours",
        """
        ! fetch 7
        C: t3 UID FETCH 7 (UID BODY.PEEK[])
        S: * 1 FETCH (BODY[] {2}
        = body of ?, 2 octets
        S: ab FLAGS ())
        = text ab
        = refused misbehaved("body of another message")
        = close
        """
    ),
    .opened(
        "a text that is cut never ends",
        """
        ! fetch 7
        C: t3 UID FETCH 7 (UID BODY.PEEK[])
        S: * 1 FETCH (UID 7 BODY[] {9}
        = body of 7, 9 octets
        S: ab
        = text ab␍␊
        ! cut
        = refused disconnected
        = close
        """
    ),
    .opened(
        "a literal one too short leaves a response that cannot be read",
        """
        ! fetch 7
        C: t3 UID FETCH 7 (UID BODY.PEEK[])
        S: * 1 FETCH (UID 7 BODY[] {1}
        = body of 7, 1 octets
        S: ab)
        = text a
        = refused misbehaved("malformed FETCH response")
        = close
        """
    ),
]
