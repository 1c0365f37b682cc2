let setSamples: [Sample] = [
    .opened(
        "several at once, in the server's order; news between; what does not come is not told",
        """
        ! fetch 9,7,8,12,10
        C: t3 UID FETCH 7:10,12 (UID BODY.PEEK[])
        S: * 2 FETCH (UID 9 BODY[] {2}
        = body of 9, 2 octets
        S: ab)
        = text ab
        = body of 9 ended
        S: * 9 FETCH (FLAGS (\\Seen))
        S: * 1 EXPUNGE
        S: * 1 FETCH (FLAGS () UID 7 BODY[] "")
        = body of 7, 0 octets
        = body of 7 ended
        S: * 2 FETCH (UID 9 FLAGS (\\Seen))
        S: * 3 FETCH (BODY[] {3}
        = body of ?, 3 octets
        S: cde UID 12)
        = text cde
        = body of 12 ended
        S: * 4 FETCH (UID 8 BODY[] NIL)
        = body of 8 gone
        S: t3 OK [EXPUNGEISSUED] some were gone
        = fetch ended
        ! noop
        C: t4 NOOP
        S: t4 OK
        = alive - 1
        """
    ),
    .opened(
        "none of many came: that is for the caller to judge",
        """
        ! fetch 7,8
        C: t3 UID FETCH 7:8 (UID BODY.PEEK[])
        S: t3 OK
        = fetch ended
        """
    ),
    .opened(
        "NO behind some texts takes nothing back of them",
        """
        ! fetch 7,8
        C: t3 UID FETCH 7:8 (UID BODY.PEEK[])
        S: * 1 FETCH (UID 7 BODY[] {2}
        = body of 7, 2 octets
        S: ab)
        = text ab
        = body of 7 ended
        S: t3 NO [EXPUNGEISSUED] some messages are gone
        = refused messageGone
        ! fetch 8,9
        C: t4 UID FETCH 8:9 (UID BODY.PEEK[])
        S: * OK [EXPUNGEISSUED] one is gone
        S: t4 NO [SERVERBUG] cannot read it
        = refused messageUnavailable
        """
    ),
    .opened(
        "a part of each",
        """
        ! fetch 7,9 0 4
        C: t3 UID FETCH 7,9 (UID BODY.PEEK[]<0.4>)
        S: * 1 FETCH (UID 7 BODY[]<0> {2}
        = body of 7, 2 octets
        S: ab)
        = text ab
        = body of 7 ended
        S: * 1 FETCH (UID 9 BODY[]<2> {2}
        = refused misbehaved("body of another message")
        = close
        """
    ),
    .opened(
        "a text that is told to be one that came already ends it",
        """
        ! fetch 7,8
        C: t3 UID FETCH 7:8 (UID BODY.PEEK[])
        S: * 1 FETCH (UID 7 BODY[] "a")
        = body of 7, 1 octets
        = text a
        = body of 7 ended
        S: * 2 FETCH (BODY[] {1}
        = body of ?, 1 octets
        S: b UID 7)
        = text b
        = refused misbehaved("body of another message")
        = close
        """
    ),
    .opened(
        "a text and another UID behind it than before it cannot be read",
        """
        ! fetch 7,8
        C: t3 UID FETCH 7:8 (UID BODY.PEEK[])
        S: * 1 FETCH (UID 7 BODY[] {1}
        = body of 7, 1 octets
        S: a UID 8)
        = text a
        = refused misbehaved("malformed FETCH response")
        = close
        """
    ),
    .opened(
        "BYE between two texts",
        """
        ! fetch 7,8
        C: t3 UID FETCH 7:8 (UID BODY.PEEK[])
        S: * 1 FETCH (UID 7 BODY[] "a")
        = body of 7, 1 octets
        = text a
        = body of 7 ended
        S: * BYE shutting down
        = refused disconnected
        = close
        """
    ),
]
