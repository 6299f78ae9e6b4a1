internal import Bytes

// What is large in the tree is a class: a copy of a node is then one reference, and evaluating a
// node needs little of the stack.

/// A statement of a template, with its variables resolved to slots.
indirect enum Statement: Sendable {
  /// Text of the template, printed as it is.
  case text([UInt8])
  case output(Expression)
  case conditional(branches: [Branch], otherwise: [Statement])
  case loop(ForLoop)
  case assign(Target, Expression)
  case assignBlock(Target, [FilterUse], Block)
  case define(MacroDefinition, slot: Int)
  case callBlock(Expression.Call, MacroDefinition)
  case filterBlock([FilterUse], Block)
  case scope([Binding], Block)
  case breakLoop
  case continueLoop

  /// A condition and what is done where it holds.
  struct Branch: Sendable {
    let condition: Expression
    let body: [Statement]
  }

  /// A variable of `{% with %}`.
  struct Binding: Sendable {
    let target: Target
    let value: Expression
  }

  final class ForLoop: Sendable {
    let target: Target
    let iterable: Expression
    let condition: Expression?
    let block: Block
    let loopSlot: Int
    let otherwise: Block
    /// Whether the body can call `loop` with what it is to go through in turn.
    let isRecursive: Bool
    let offset: Int

    init(
      target: Target, iterable: Expression, condition: Expression?, block: Block, loopSlot: Int,
      otherwise: Block, isRecursive: Bool, offset: Int
    ) {
      self.target = target
      self.iterable = iterable
      self.condition = condition
      self.block = block
      self.loopSlot = loopSlot
      self.otherwise = otherwise
      self.isRecursive = isRecursive
      self.offset = offset
    }
  }
}

/// Statements in a scope of their own.
struct Block: Sendable {
  /// The slots of the variables that are set in the scope; not defined when it begins.
  let slots: [Int]
  let body: [Statement]
}

/// A macro, or the body of a `{% call %}`.
final class MacroDefinition: Sendable {
  let name: ByteString
  let parameters: [Parameter]
  let body: [Statement]
  /// How many variables a call has.
  let slotCount: Int
  let callerSlot: Int?
  let extraPositionalSlot: Int?
  let extraKeywordSlot: Int?
  /// Whether it defines macros itself, which keep its variables alive.
  let definesMacros: Bool
  let offset: Int

  init(
    name: ByteString, parameters: [Parameter], body: [Statement], slotCount: Int, callerSlot: Int?,
    extraPositionalSlot: Int?, extraKeywordSlot: Int?, definesMacros: Bool, offset: Int
  ) {
    self.name = name
    self.parameters = parameters
    self.body = body
    self.slotCount = slotCount
    self.callerSlot = callerSlot
    self.extraPositionalSlot = extraPositionalSlot
    self.extraKeywordSlot = extraKeywordSlot
    self.definesMacros = definesMacros
    self.offset = offset
  }

  struct Parameter: Sendable {
    let name: ByteString
    let slot: Int
    let standard: Expression?
  }
}

/// What is assigned to.
indirect enum Target: Sendable {
  case variable(slot: Int)
  case attribute(VariableReference, name: ByteString, offset: Int)
  case tuple([Target], offset: Int)
}

/// A variable where it is used: the slots that may hold it, those of the inner scopes first, and
/// the number of its name in the context.
struct VariableReference: Sendable {
  /// The number of the reference in the template's table.
  let number: Int
  let offset: Int
}

/// An expression of a template.
indirect enum Expression: Sendable {
  case literal(Literal)
  case variable(VariableReference)
  case list([Expression], offset: Int)
  case tuple([Expression], offset: Int)
  case dictionary([Entry], offset: Int)
  case attribute(Expression, AttributeUse)
  case item(Expression, key: Expression, offset: Int)
  case slice(Expression, SliceBounds, offset: Int)
  case call(Call)
  case filter(Expression, FilterUse)
  case test(Expression, TestUse)
  case negative(Expression, offset: Int)
  case positive(Expression, offset: Int)
  case not(Expression)
  case arithmetic(first: Expression, [ArithmeticStep])
  case join([Expression], offset: Int)
  case comparison(first: Expression, [ComparisonStep])
  case and([Expression])
  case or([Expression])
  case conditional(condition: Expression, then: Expression, otherwise: Expression?)

  enum Literal: Sendable {
    case none
    case boolean(Bool)
    case integer(Int)
    case largeInteger(LargeInteger)
    case float(Double)
    case string(Text)
  }

  struct Entry: Sendable {
    let key: Expression
    let value: Expression
  }

  final class SliceBounds: Sendable {
    let start: Expression?
    let end: Expression?
    let step: Expression?

    init(start: Expression?, end: Expression?, step: Expression?) {
      self.start = start
      self.end = end
      self.step = step
    }
  }

  final class Call: Sendable {
    let callee: Expression
    let arguments: ArgumentList
    let offset: Int

    init(callee: Expression, arguments: ArgumentList, offset: Int) {
      self.callee = callee
      self.arguments = arguments
      self.offset = offset
    }
  }

  final class AttributeUse: Sendable {
    let name: ByteString
    /// The methods of that name.
    let methods: MethodFamily?
    let offset: Int

    init(name: ByteString, methods: MethodFamily?, offset: Int) {
      self.name = name
      self.methods = methods
      self.offset = offset
    }
  }

  struct ArithmeticStep: Sendable {
    let operation: ArithmeticOperator
    let operand: Expression
    let offset: Int
  }

  struct ComparisonStep: Sendable {
    let operation: ComparisonOperator
    let operand: Expression
    let offset: Int
  }
}

/// The arguments of a call, a filter or a test.
struct ArgumentList: Sendable {
  var positional: [Expression] = []
  var keyword: [(name: ByteString, value: Expression)] = []
  /// What stands behind `*`.
  var extraPositional: Expression?
  /// What stands behind `**`.
  var extraKeyword: Expression?

  var isEmpty: Bool {
    positional.isEmpty && keyword.isEmpty && extraPositional == nil && extraKeyword == nil
  }
}

/// A filter where it is used; one that does not exist is an error only when it is reached.
final class FilterUse: Sendable {
  let name: ByteString
  let filter: Builtin?
  let arguments: ArgumentList
  let offset: Int

  init(name: ByteString, filter: Builtin?, arguments: ArgumentList, offset: Int) {
    self.name = name
    self.filter = filter
    self.arguments = arguments
    self.offset = offset
  }
}

/// A test where it is used.
final class TestUse: Sendable {
  let name: ByteString
  let test: Builtin?
  let arguments: ArgumentList
  let isNegated: Bool
  let offset: Int

  init(name: ByteString, test: Builtin?, arguments: ArgumentList, isNegated: Bool, offset: Int) {
    self.name = name
    self.test = test
    self.arguments = arguments
    self.isNegated = isNegated
    self.offset = offset
  }
}

enum ArithmeticOperator: String, Sendable {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case remainder = "%"
  case power = "**"
}

enum ComparisonOperator: String, Sendable {
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case contained = "in"
  case notContained = "not in"
}

/// A parsed template.
struct SyntaxTree: Sendable {
  let source: TemplateSource
  let body: [Statement]
  /// How many variables the outermost scope and the scopes in it have.
  let slotCount: Int
  /// Where each `VariableReference` finds its value.
  let references: [ResolvedReference]
  /// The number of each name that is used.
  let names: NameTable
}

/// Where the value of a variable is looked for.
struct ResolvedReference: Sendable {
  /// Slots, the innermost first.
  let slots: [SlotAddress]
  /// The number of the name.
  let name: Int
  /// Whether the context is looked into where no slot holds a value.
  let usesContext: Bool
}

/// A slot of a macro that is `hops` definitions further out.
struct SlotAddress: Hashable, Sendable {
  let hops: Int
  let slot: Int
}
