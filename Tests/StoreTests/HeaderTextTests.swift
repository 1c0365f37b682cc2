import Store
import Testing

@Suite("Header fields as people read them")
struct HeaderTextTests {
    @Test(
        "the charsets of Japanese mail are read, with half-width kana and the letters of NEC's row 13",
        arguments: [
            ("=?ISO-2022-JP?B?GyRCLSEtajszRUQbKEI=?=", "①㈱山田"),
            ("=?iso-2022-jp?B?GyhJMTIzGyhC?=", "ｱｲｳ"),
            ("=?ISO-2022-JP?B?GyRCOzNFRBsoQg==?= =?ISO-2022-JP?B?GyRCOzNFRBsoQg==?=", "山田山田"),
            ("=?Shift_JIS?B?h0CHio5Sk2M=?=", "①㈱山田"),
            ("=?EUC-JP?B?raGt6ruzxcQ=?=", "①㈱山田"),
            ("=?euc-jp?B?u7PFxA==?=", "山田"),
            ("Re: =?utf-8?B?5bGx55Sw?= 3", "Re: 山田 3"),
        ]
    )
    func japanese(field: String, expected: String) {
        #expect(HeaderText.decoded(Array(field.utf8)) == expected)
    }

    @Test(
        "other charsets, bare octets, and what is no text at all",
        arguments: [
            ("=?iso-8859-1?Q?Gr=FC=DFe?=", "Grüße"), ("=?windows-1252?Q?=80?=", "€"), ("=?koi8-r?B?99E=?=", "Вя"),
            ("=?gb2312?B?xOO6ww==?=", "你好"), ("=?big5?B?p0Gmbg==?=", "你好"), ("=?euc-kr?B?sKE=?=", "가"),
            ("Größe", "Größe"), ("\u{1B}$B;3ED\u{1B}(B", "山田"),
            ("=?utf-8?Q?a=E9b?=", "a\\xE9b"), ("=?x-unknown?Q?=01z?=", "\\x01z"), ("", ""),
        ]
    )
    func others(field: String, expected: String) {
        #expect(HeaderText.decoded(Array(field.utf8)) == expected)
    }

    @Test("octets that are no UTF-8 are shown one by one")
    func raw() {
        #expect(HeaderText.decoded([0x41, 0xE9, 0x42]) == "A\\xE9B")
    }
}
