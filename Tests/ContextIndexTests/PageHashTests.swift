import Bytes
import ContextIndex
import OrderedJSON
import TestSupport
import Testing

/// Page digests are those that the serializers of the engines give: `Fixtures/hashes/pages.json`, made by
/// `Scripts/generate_page_hashes.py` with the tools that it names.
@Suite struct PageHashTests {
  private static func cases() throws -> [JSONNode] {
    let file = try Files.read(Shared.packageRoot + "/Fixtures/hashes/pages.json")
    return try #require(try JSONParser.parse(file)["cases"]?.elements)
  }

  private static func integer(_ node: JSONNode?) -> Int? {
    if case .number(let number)? = node?.value { number.integer } else { nil }
  }

  private static func tokens(_ node: JSONNode) throws -> [UInt32] {
    if let ids = node["tokens"]?.elements { return ids.compactMap { integer($0).map(UInt32.init) } }
    let first = UInt32(try #require(integer(node["first"])))
    let step = UInt32(try #require(integer(node["step"])))
    return (0..<UInt32(try #require(integer(node["count"])))).map { first &+ step &* $0 }
  }

  @Test(arguments: ["vllm_sha256", "vllm_sha256_cbor", "sglang"])
  func digestsAreTheEngines(name: ByteString) throws {
    for node in try Self.cases() {
      let seed = node["seed"]?.string
      let hash: PageHash =
        switch name {
        case "vllm_sha256": .vllmPickle(seed: seed)
        case "vllm_sha256_cbor": .vllmCBOR(seed: seed)
        default: .sglang
        }
      let expected = try #require(node["digests"]?[name])
      let digests = hash.digests(
        of: try Self.tokens(node), pageSize: try #require(Self.integer(node["page_size"])),
        cacheSalt: node["salt"]?.string)
      #expect(
        digests.map { ByteString($0.hexadecimal) }
          == expected["hexadecimal"]?.elements?.map(\.string))
      let published = digests.map { digest in
        let value = hash.published(digest)
        return ByteString(name == "sglang" ? String(Int64(bitPattern: value)) : String(value))
      }
      #expect(published == expected["published"]?.elements?.map(\.string))
    }
  }

  @Test func pagesThatAreNotFullHaveNoDigest() {
    #expect(PageHash.sglang.digests(of: [1, 2, 3], pageSize: 4).isEmpty)
    #expect(PageHash.sglang.digests(of: [1, 2, 3], pageSize: 0).isEmpty)
    #expect(PageHash.vllmPickle().digests(of: [], pageSize: 16).isEmpty)
  }

  /// The digest of a page says all that is before it.
  @Test func aDigestDependsOnWhatIsBefore() {
    for hash in [PageHash.sglang, .vllmPickle(), .vllmCBOR()] {
      let left = hash.digests(of: [1, 2, 3, 4], pageSize: 2)
      let right = hash.digests(of: [9, 2, 3, 4], pageSize: 2)
      #expect(left[1] != right[1])
      #expect(left[1] == hash.digest(of: [3, 4], after: left[0]))
    }
  }
}
