public import Bytes
public import OrderedJSON
public struct TemplateError: Error, CustomStringConvertible {
  public var description: String { "" }
}
public struct ChatTemplate: Sendable {
  public init(source: ByteString, name: String) throws(TemplateError) {}
  public func render(_ request: TemplateRequest) throws(TemplateError) -> RenderedPrompt {
    throw TemplateError()
  }
}
public struct TemplateRequest: Sendable {
  public init(
    messages: [JSONNode], tools: JSONNode? = nil, addGenerationPrompt: Bool = true,
    keywordArguments: [JSONMember] = [], specialTokens: [JSONMember] = []
  ) {}
}
public struct RenderedPrompt: Sendable {
  public var bytes: [UInt8]
  public var spans: [RenderedSpan]
  public var sources: [ByteString]
}
public struct RenderedSpan: Sendable {
  public var source: Int; public var sourceRange: ByteRange; public var outputRange: ByteRange;
  public var isVerbatim: Bool
}
