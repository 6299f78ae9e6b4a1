import Bytes
import OrderedJSON
import TestSupport
import Testing

@Suite struct JSONReaderTests {
  /// What is read of an object with `id`, `name` and `flag`.
  private struct Entry: Equatable {
    var id: Int?
    var name: ByteString?
    var flag: Bool?
  }

  private static func entries(_ text: String) throws -> [Entry?]? {
    var reader = try JSONReader(Array(text.utf8))
    var entries: [Entry?] = []
    let isArray: Void? = try reader.readElements { reader throws(JSONSyntaxError) in
      var entry = Entry()
      let isObject: Void? = try reader.readMembers(["id", "name", "flag"]) {
        reader, place throws(JSONSyntaxError) in
        switch place {
        case 0: entry.id = try reader.readInteger()
        case 1: entry.name = try reader.readString()
        case 2: entry.flag = try reader.readBool()
        default: try reader.skipValue()
        }
      }
      entries.append(isObject.map { entry })
    }
    try reader.finish()
    return isArray.map { entries }
  }

  @Test func readsMembersByTheirNames() throws {
    let text =
      #" [ {"id": 7, "x": [{"id": 1}], "name": "a\"é", "fl\u0061g" : true} , {}, {"id":-3,"flag":false}]"#
    #expect(
      try Self.entries(text) == [
        Entry(id: 7, name: "a\"é", flag: true), Entry(), Entry(id: -3, flag: false),
      ])
    #expect(try Self.entries("[]") == [])
  }

  @Test func answersNothingForAnotherKind() throws {
    let text = #"[{"id":"1","name":2,"flag":null},{"id":[],"name":{"id":4},"flag":"true"},5,"x"]"#
    #expect(try Self.entries(text) == [Entry(), Entry(), nil, nil])
    #expect(try Self.entries("{}") == nil)
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
    ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1.0", nil), ("1e2", nil),
    ("99999999999999999999999", nil),
  ])
  func readsIntegersThatFit(text: String, value: Int?) throws {
    var reader = try JSONReader(Array(text.utf8))
    #expect(try reader.readInteger() == value)
    try reader.finish()
  }

  @Test func passesOverWhatTheParserParses() throws {
    let text = #"[{"a":[1,-2.5e3,"x\"y",{"b":{}}],"\u0061":null},[true,[]],"last"]"#
    var reader = try JSONReader(Array(" \(text) ".utf8))
    try reader.skipValue()
    try reader.finish()
    let deep = JSONParser.depthLimit
    for (levels, isTaken) in [(deep, true), (deep + 1, false)] {
      let nested = Array(repeating: UInt8(ascii: "["), count: levels)
      var reader = try JSONReader(nested + Array(repeating: UInt8(ascii: "]"), count: levels))
      #expect(((try? reader.skipValue()) != nil) == isTaken)
    }
    var half = try JSONReader(Array(#""\ud800""#.utf8))
    #expect(throws: JSONSyntaxError.self) { try half.skipValue() }
    half = try JSONReader(Array(#""\ud800""#.utf8), loneSurrogates: .replaced)
    #expect(try half.readString() == "\u{FFFD}")
  }

  @Test func refusesWhatTheParserRefuses() {
    var generator = SeededGenerator(seed: 3)
    let seed = Array(
      #"[{"id":12,"name":"n\u00e9 longer than a word"},{"flag":true,"o":[1.5,{"a":null}]}]"#.utf8)
    for _ in 0..<20_000 {
      var bytes = seed
      for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let index = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: bytes[index] = UInt8.random(in: 0...127, using: &generator)
        case 1: bytes.remove(at: index)
        default: bytes.insert(seed.randomElement(using: &generator) ?? 0, at: index)
        }
      }
      let text = String(decoding: bytes, as: UTF8.self)
      let isParsed = (try? JSONParser.parse(bytes)) != nil
      #expect(((try? Self.entries(text)) != nil) == isParsed, "\(text)")
    }
  }
}
