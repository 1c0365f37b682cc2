import IMAP

/// Logins by access token.
let tokenSamples: [Sample] = [
    Sample(
        "OAUTHBEARER where both are announced (RFC 7628 §3.1)",
        Conversation.machine(token: "ya29.Tok"),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2 AUTH=OAUTHBEARER] ready
        C: t1 AUTHENTICATE OAUTHBEARER bixhPWpvLAFob3N0PWltYXAuZXhhbXBsZS5jb20BcG9ydD05OTMBYXV0aD1CZWFyZXIgeWEyOS5Ub2sBAQ==
        S: t1 OK [CAPABILITY IMAP4rev1] in
        C: t2 EXAMINE "INBOX"
        S: * 1 EXISTS
        S: * OK [UIDVALIDITY 5] Ok
        S: t2 OK [READ-ONLY]
        = opened 5, 1 exist, next -
        """
    ),
    Sample(
        "its refusal: a challenge, one U+0001, the tagged answer (RFC 7628 §3.2.3)",
        Conversation.machine(token: "ya29.Tok"),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=OAUTHBEARER] ready
        C: t1 AUTHENTICATE OAUTHBEARER bixhPWpvLAFob3N0PWltYXAuZXhhbXBsZS5jb20BcG9ydD05OTMBYXV0aD1CZWFyZXIgeWEyOS5Ub2sBAQ==
        S: + eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0=
        C: AQ==
        S: t1 NO [AUTHENTICATIONFAILED] no
        = refused credentials
        C: t2 LOGOUT
        = close
        """
    ),
    Sample(
        "a name with a comma and an equals sign in its header",
        Conversation.machine(name: Array("j,o=".utf8), token: "ya29.Tok"),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=OAUTHBEARER] ready
        C: t1 AUTHENTICATE OAUTHBEARER bixhPWo9MkNvPTNELAFob3N0PWltYXAuZXhhbXBsZS5jb20BcG9ydD05OTMBYXV0aD1CZWFyZXIgeWEyOS5Ub2sBAQ==
        """
    ),
    Sample(
        "XOAUTH2 where it is the only one, as at Microsoft",
        Conversation.machine(token: "ya29.Tok"),
        """
        S: * OK [CAPABILITY IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR LOGINDISABLED] ready
        C: t1 AUTHENTICATE XOAUTH2 dXNlcj1qbwFhdXRoPUJlYXJlciB5YTI5LlRvawEB
        S: t1 OK [CAPABILITY IMAP4rev1] in
        C: t2 EXAMINE "INBOX"
        S: * 1 EXISTS
        S: * OK [UIDVALIDITY 5] Ok
        S: t2 OK [READ-ONLY]
        = opened 5, 1 exist, next -
        """
    ),
    Sample(
        "its refusal: a challenge, an empty line, the tagged answer (I-13)",
        Conversation.machine(token: "ya29.Tok"),
        """
        S: * OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] ready
        C: t1 AUTHENTICATE XOAUTH2
        S: +
        C: dXNlcj1qbwFhdXRoPUJlYXJlciB5YTI5LlRvawEB
        S: + eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0=
        C: (empty)
        S: t1 NO AUTHENTICATE failed.
        = refused credentials
        C: t2 LOGOUT
        = close
        """
    ),
    Sample(
        "a token never goes by LOGIN or PLAIN",
        Conversation.machine(token: "ya29.Tok"),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=LOGIN AUTH=SCRAM-SHA-256] ready
        = refused noTokenLogin
        C: t1 LOGOUT
        = close
        """
    ),
    Sample(
        "nor where the configuration names one of them",
        Conversation.machine(authentication: .login, token: "ya29.Tok"),
        """
        S: * OK [CAPABILITY IMAP4rev1] ready
        = refused noTokenLogin
        C: t1 LOGOUT
        = close
        """
    ),
]
