public import Bytes
public import ChatTemplates
public import ContextIndex
public import OrderedJSON

/// What cpc knows of a model beside the content of its vocabulary and its template.
///
/// Those of the models that cpc knows by name are `templates/NAME.json`; for a user's own model it is
/// made of the model's files.
public struct ModelProfile: Sendable {
  /// The name, such as `qwen3`.
  public let name: ByteString
  /// Other names of the same model.
  public let aliases: [ByteString]
  /// The name of its vocabulary; nil if the model's own files hold it.
  public let vocabulary: ByteString?
  /// The file of its chat template, in the folder of the profile; nil if the model's own files hold it
  /// or the user gave another.
  public private(set) var templateFile: String?
  /// The special tokens that the template can name, such as `eos_token`.
  public let specialTokens: [JSONMember]
  /// The special tokens that engines put in front of a text that is no conversation; nil where that is not known.
  public let textPrefix: [ByteString]?
  /// The most tokens that a prompt can have; nil where it is not known.
  public let contextLength: Int?
  /// How engines cache its prompts by default.
  public let cacheModel: CacheModel
  /// The keyword arguments of the template that keep a conversation append-only.
  public private(set) var appendOnlyArguments: [JSONMember]
  /// The argument that pins the date in the prompt; nil if the template takes none.
  public private(set) var date: PinnedDate?
  /// The time that `strftime_now` tells where the user names none; nil is the epoch.
  public let clock: TemplateClock?

  /// A keyword argument of a chat template that stands for today's date.
  public struct PinnedDate: Sendable {
    /// The name of the argument.
    public let argument: ByteString
    /// The value that it gets where the user names no date.
    public let value: ByteString
  }

  /// Makes the profile of a user's own model.
  init(
    name: ByteString, specialTokens: [JSONMember], contextLength: Int?
  ) {
    self.name = name
    aliases = []
    vocabulary = nil
    templateFile = nil
    self.specialTokens = specialTokens
    textPrefix = nil
    self.contextLength = contextLength
    cacheModel = Self.defaultCacheModel
    appendOnlyArguments = []
    date = nil
    clock = nil
  }

  /// The profile for another chat template, of whose arguments nothing is known.
  var withoutTemplate: ModelProfile {
    var profile = self
    profile.templateFile = nil
    profile.appendOnlyArguments = []
    profile.date = nil
    return profile
  }

  /// The pages of vLLM.
  static let defaultCacheModel = CacheModel.paged(pageSize: 16)

  /// Reads a profile.
  ///
  /// - Parameter source: the file's name for messages.
  /// - Throws: `CompilationError` with everything that is wrong with it, each with its place.
  public init(_ bytes: [UInt8], source: String) throws(CompilationError) {
    let text = SourceText(name: source, bytes: bytes)
    let node = try text.json()
    var reader = ModelProfileReader(source: text)
    let fields = reader.read(node)
    guard reader.faults.isEmpty else { throw reader.error }
    name = fields.name
    aliases = fields.aliases
    vocabulary = fields.vocabulary
    templateFile = fields.template.string
    specialTokens = fields.specialTokens
    textPrefix = fields.textPrefix
    contextLength = fields.contextLength
    cacheModel = fields.cacheModel
    appendOnlyArguments = fields.appendOnly
    date = fields.date
    clock = fields.clock
  }
}
