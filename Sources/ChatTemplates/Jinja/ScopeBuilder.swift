internal import Bytes

/// The names that a template uses, numbered.
struct NameTable: Sendable {
  private(set) var names: [ByteString] = []
  private var numbers: [ByteString: Int] = [:]

  /// The number of `name`, which is nil if it was never added.
  func number(of name: ByteString) -> Int? { numbers[name] }

  mutating func add(_ name: ByteString) -> Int {
    if let number = numbers[name] { return number }
    numbers[name] = names.count
    names.append(name)
    return names.count - 1
  }
}

/// Gives variables their slots while a template is parsed.
///
/// Each macro has slots of its own, for its scopes and all scopes in them. Which slots a reference
/// may mean is known only when the whole template is read, since a macro can be called after more
/// variables were set: references are numbered, and resolved at the end.
struct ScopeBuilder {
  /// Names that have a meaning in macros only.
  struct Special: OptionSet {
    let rawValue: Int
    static let caller = Special(rawValue: 1)
    static let varargs = Special(rawValue: 2)
    static let kwargs = Special(rawValue: 4)
  }

  private struct Scope {
    let parent: Int?
    let function: Int
    /// The variables that are set in the scope, by the numbers of their names.
    var variables: [Int: Variable] = [:]
    /// Their slots.
    var slots: [Int] = []
    /// The names that are read in the scope itself.
    var reads: Set<Int> = []
    /// How many branches of `if` are around what is read, in this scope.
    var branchDepth = 0
  }

  private struct Variable {
    let slot: Int
    /// Whether the scope sets the variable in any case, and before it reads it. Scopes inside then
    /// never see a variable of the same name further out, even if they run before it is set.
    let hidesOthers: Bool
  }

  private struct Function {
    var slotCount = 0
    var specials: Special = []
    var definesMacros = false
  }

  private(set) var names = NameTable()
  private var scopes = [Scope(parent: nil, function: 0)]
  private var functions = [Function()]
  private var current = 0
  private var references: [(scope: Int, name: Int)] = []

  /// Starts a scope in the current one.
  mutating func enterScope() {
    scopes.append(Scope(parent: current, function: scopes[current].function))
    current = scopes.count - 1
  }

  /// Ends the current scope and returns the slots of its variables.
  mutating func leaveScope() -> [Int] {
    let slots = scopes[current].slots
    current = scopes[current].parent ?? 0
    return slots
  }

  /// Goes back to the scope around the current one, which is returned, to be `resume`d.
  mutating func suspendScope() -> Int {
    defer { current = scopes[current].parent ?? 0 }
    return current
  }

  /// Goes on in a scope that was suspended.
  mutating func resumeScope(_ scope: Int) {
    current = scope
  }

  /// Starts a macro, with the scope of its variables.
  mutating func enterFunction() {
    functions[scopes[current].function].definesMacros = true
    functions.append(Function())
    scopes.append(Scope(parent: current, function: functions.count - 1))
    current = scopes.count - 1
  }

  /// Ends a macro.
  mutating func leaveFunction() -> (slotCount: Int, definesMacros: Bool) {
    let function = functions[scopes[current].function]
    current = scopes[current].parent ?? 0
    return (function.slotCount, function.definesMacros)
  }

  /// Whether the current macro uses one of the special names.
  func uses(_ special: Special) -> Bool {
    functions[scopes[current].function].specials.contains(special)
  }

  /// The slot of a variable that is set in the current scope.
  mutating func declare(_ name: ByteString) -> Int {
    let number = names.add(name)
    if let known = scopes[current].variables[number] { return known.slot }
    let slot = functions[scopes[current].function].slotCount
    functions[scopes[current].function].slotCount += 1
    let isRead = scopes[current].reads.contains(number)
    let hidesOthers = scopes[current].branchDepth == 0 && !isRead
    scopes[current].variables[number] = Variable(slot: slot, hidesOthers: hidesOthers)
    scopes[current].slots.append(slot)
    return slot
  }

  /// Notes that what follows is read only where a condition holds; to be matched by `leaveBranch`.
  mutating func enterBranch() {
    scopes[current].branchDepth += 1
  }

  mutating func leaveBranch() {
    scopes[current].branchDepth -= 1
  }

  /// The number of a new reference to `name` from the current scope.
  mutating func refer(to name: ByteString) -> Int {
    let special: Special =
      switch name {
      case "caller": .caller
      case "varargs": .varargs
      case "kwargs": .kwargs
      default: []
      }
    functions[scopes[current].function].specials.formUnion(special)
    let number = names.add(name)
    scopes[current].reads.insert(number)
    references.append((current, number))
    return references.count - 1
  }

  /// Where each reference finds its value, by its number.
  func resolved() -> [ResolvedReference] {
    references.map { resolve($0.name, from: $0.scope) }
  }

  /// The slots the outermost scope and those in it need.
  var outermostSlotCount: Int { functions[0].slotCount }

  private func resolve(_ name: Int, from start: Int) -> ResolvedReference {
    var slots: [SlotAddress] = []
    var hops = 0
    var next: Int? = start
    while let scope = next {
      if let found = scopes[scope].variables[name] {
        slots.append(SlotAddress(hops: hops, slot: found.slot))
        if found.hidesOthers, scope != start {
          return ResolvedReference(slots: slots, name: name, usesContext: false)
        }
      }
      next = scopes[scope].parent
      if let parent = next, scopes[parent].function != scopes[scope].function { hops += 1 }
    }
    return ResolvedReference(slots: slots, name: name, usesContext: true)
  }
}
