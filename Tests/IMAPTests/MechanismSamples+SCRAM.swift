import IMAP

/// SCRAM-SHA-256, the numbers those of the example in RFC 7677 §3.
let scramSamples: [Sample] = [
    Sample(
        "the exchange of RFC 7677 §3, and the server's message acknowledged",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: + cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY=
        = compute 4096
        ! scram dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ= 6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=
        C: Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1kSHpiWmFwV0lrNGpVaE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==
        S: + dj02cnJpVFJCaTIzV3BSUi93dHVwK21NaFVaVW4vZEI1bkxUSlJzamw5NUc0PQ==
        C: (empty)
        S: t1 OK [CAPABILITY IMAP4rev1] in
        C: t2 EXAMINE "INBOX"
        S: * 1 EXISTS
        S: * OK [UIDVALIDITY 5] Ok
        S: t2 OK [READ-ONLY]
        = opened 5, 1 exist, next -
        """
    ),
    Sample(
        "without SASL-IR the first message waits for a plus",
        Conversation.machine(authentication: .scram, name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 AUTH=SCRAM-SHA-256 LOGINDISABLED] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256
        S: +
        C: biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: + cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY=
        = compute 4096
        ! scram dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ= 6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=
        C: Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1kSHpiWmFwV0lrNGpVaE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==
        S: + dj02cnJpVFJCaTIzV3BSUi93dHVwK21NaFVaVW4vZEI1bkxUSlJzamw5NUc0PQ==
        C: (empty)
        S: t1 OK [CAPABILITY IMAP4rev1] in
        C: t2 EXAMINE "INBOX"
        S: * 1 EXISTS
        S: * OK [UIDVALIDITY 5] Ok
        S: t2 OK [READ-ONLY]
        = opened 5, 1 exist, next -
        """
    ),
    Sample(
        "a wrong signature is no login: whoever answers does not know the password",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: + cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY=
        = compute 4096
        ! scram dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ= 6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=
        C: Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1kSHpiWmFwV0lrNGpVaE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==
        S: + dj1BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBPQ==
        = refused misbehaved("SCRAM: the mail server did not prove that it knows the password")
        = close
        """
    ),
    Sample(
        "an OK without the server's signature is no login",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: + cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY=
        = compute 4096
        ! scram dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ= 6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=
        C: Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1kSHpiWmFwV0lrNGpVaE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==
        S: t1 OK [CAPABILITY IMAP4rev1] in
        = refused misbehaved("SCRAM: the mail server did not prove that it knows the password")
        = close
        """
    ),
    Sample(
        "an OK before the sums are done is no login",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: + cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY=
        = compute 4096
        S: t1 OK in
        = refused misbehaved("SCRAM: the mail server did not prove that it knows the password")
        = close
        ! scram dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ= 6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=
        """
    ),
    Sample(
        "a wrong password, said as RFC 5802 says it and as IMAP does",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: + cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY=
        = compute 4096
        ! scram dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ= 6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=
        C: Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1kSHpiWmFwV0lrNGpVaE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==
        S: + ZT1pbnZhbGlkLXByb29m
        C: (empty)
        S: t1 NO [AUTHENTICATIONFAILED] no
        = refused credentials
        C: t2 LOGOUT
        = close
        """
    ),
    Sample(
        "an OK behind the server's error is no login",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: + cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY=
        = compute 4096
        ! scram dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ= 6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=
        C: Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1kSHpiWmFwV0lrNGpVaE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==
        S: + ZT1vdGhlci1lcnJvcg==
        C: (empty)
        S: t1 OK in
        = refused misbehaved("SCRAM: the mail server did not prove that it knows the password")
        = close
        """
    ),
    Sample(
        "a wrong password, said by the tagged answer alone",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: + cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyVodllEcFdVYTJSYVRDQWZ1eEZJbGopaE5sRiRrMCxzPVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY=
        = compute 4096
        ! scram dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ= 6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=
        C: Yz1iaXdzLHI9ck9wck5HZndFYmVSV2diTkVrcU8laHZZRHBXVWEyUmFUQ0FmdXhGSWxqKWhObEYkazAscD1kSHpiWmFwV0lrNGpVaE4rVXRlOXl0YWc5empmTUhnc3FtbWl6N0FuZFZRPQ==
        S: t1 NO no
        = refused credentials
        C: t2 LOGOUT
        = close
        """
    ),
    Sample(
        "another nonce than ours",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: + cj14T3ByTkdmd0ViZVJXZ2JORWtxTyVodixzPVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY=
        = refused misbehaved("malformed SCRAM message")
        = close
        """
    ),
    Sample(
        "our nonce and nothing of the server's",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: + cj1yT3ByTkdmd0ViZVJXZ2JORWtxTyxzPVcyMlphSjBTTlk3c29Fc1VFamI2Z1E9PSxpPTQwOTY=
        = refused misbehaved("malformed SCRAM message")
        = close
        """
    ),
    Sample(
        "an extension that must be understood (RFC 5802 §5.1)",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: + bT14LHI9ck9wck5HZndFYmVSV2diTkVrcU8xLHM9VzIyWmFKMFNOWTdzb0VzVUVqYjZnUT09LGk9NDA5Ng==
        = refused misbehaved("malformed SCRAM message")
        = close
        """
    ),
    Sample(
        "no salt",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: + cj1yT3ByTkdmd0ViZVJXZ2JORWtxTzEscz0saT00MDk2
        = refused misbehaved("malformed SCRAM message")
        = close
        """
    ),
    Sample(
        "a count that is no number",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: + cj1yT3ByTkdmd0ViZVJXZ2JORWtxTzEscz1XMjJaYUowU05ZN3NvRXNVRWpiNmdRPT0saT0rNTAwMA==
        = refused misbehaved("malformed SCRAM message")
        = close
        """
    ),
    Sample(
        "a count too low to protect the password",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: + cj1yT3ByTkdmd0ViZVJXZ2JORWtxTzEscz1XMjJaYUowU05ZN3NvRXNVRWpiNmdRPT0saT00MDk1
        = refused misbehaved("SCRAM iteration count out of bounds")
        = close
        """
    ),
    Sample(
        "a count that would burn our processor",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: + cj1yT3ByTkdmd0ViZVJXZ2JORWtxTzEscz1XMjJaYUowU05ZN3NvRXNVRWpiNmdRPT0saT0xMDAwMDAx
        = refused misbehaved("SCRAM iteration count out of bounds")
        = close
        """
    ),
    Sample(
        "no base64",
        Conversation.machine(name: Array("user".utf8), password: Array("pencil".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj11c2VyLHI9ck9wck5HZndFYmVSV2diTkVrcU8=
        S: + r=x!
        = refused misbehaved("malformed SCRAM message")
        = close
        """
    ),
    Sample(
        "a comma and an equals sign in the name (RFC 5802 §5.1)",
        Conversation.machine(name: Array("j,o=".utf8)),
        """
        S: * OK [CAPABILITY IMAP4rev1 SASL-IR AUTH=SCRAM-SHA-256] ready
        C: t1 AUTHENTICATE SCRAM-SHA-256 biwsbj1qPTJDbz0zRCxyPXJPcHJOR2Z3RWJlUldnYk5Fa3FP
        """
    ),
]
