import IMAP

/// Where SCRAM is announced, and a password goes another way or none.
let choiceSamples: [Sample] = [
    Sample(
        "a password that would need SASLprep goes by PLAIN",
        Conversation.machine(password: Array("pä".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE PLAIN AGpvAHDDpA==
        """
    ),
    Sample(
        "with auth: scram such a password does not leave",
        Conversation.machine(authentication: .scram, password: Array("pä".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256] ready
        = refused plainLoginForbidden
        C: t1 LOGOUT
        = close
        """
    ),
    Sample(
        "with auth: plain SCRAM is passed over",
        Conversation.machine(authentication: .plain),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE PLAIN AGpvAHB3
        """
    ),
    Sample(
        "SCRAM-SHA-256-PLUS alone is no offer",
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256-PLUS AUTH=SCRAM-SHA-1] ready
        C: t1 AUTHENTICATE PLAIN AGpvAHB3
        """
    ),
    Sample(
        "refused before a proof was asked for: the account has no verifier, and the password goes by PLAIN",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: t1 NO [AUTHENTICATIONFAILED] no
        C: t2 AUTHENTICATE PLAIN AHVzZXIAcGVuY2ls
        S: t2 NO [AUTHENTICATIONFAILED] no
        = refused credentials
        C: t3 LOGOUT
        = close
        """
    ),
    Sample(
        "with auth: scram it does not",
        Conversation.machine(authentication: .scram, name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: t1 NO [AUTHENTICATIONFAILED] no
        = refused credentials
        C: t2 LOGOUT
        = close
        """
    ),
    Sample(
        "nor where the server has no other way",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR LOGINDISABLED AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: t1 NO [AUTHENTICATIONFAILED] no
        = refused credentials
        C: t2 LOGOUT
        = close
        """
    ),
    Sample(
        "nor while the server is not available",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: t1 NO [UNAVAILABLE] later
        = refused unavailable
        C: t2 LOGOUT
        = close
        """
    ),
]
