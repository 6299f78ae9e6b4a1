// `import PromptCompilation` is enough to use what its declarations name.
@_exported public import Bytes
@_exported public import ChatTemplates
@_exported public import ContextIndex
@_exported public import Deduplication
@_exported public import OrderedJSON
@_exported public import Tokenization
