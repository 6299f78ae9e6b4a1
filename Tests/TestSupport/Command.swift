internal import Foundation

/// The outcome of a run of the command.
public struct CommandResult: Sendable {
  /// The exit code.
  public let status: Int32
  /// What it wrote to standard output.
  public let output: String
  /// What it wrote to standard error.
  public let errors: String
}

/// Runs the command that was built with the tests.
public enum Command {
  /// Runs `cpc` with `arguments`.
  ///
  /// - Parameters:
  ///   - input: what it reads from standard input.
  ///   - folder: the working folder; the package's root if not given.
  public static func cpc(
    _ arguments: String..., input: String = "", folder: String = Shared.packageRoot
  ) throws -> CommandResult {
    try run(arguments, input: input, folder: folder)
  }

  /// Runs `cpc` with a list of arguments.
  ///
  /// - Parameter environment: variables that it has beside those of the tests.
  public static func run(
    _ arguments: [String], input: String = "", folder: String = Shared.packageRoot,
    environment: [String: String] = [:]
  ) throws -> CommandResult {
    try run(
      program: binary, arguments, input: input, folder: folder, environment: environment)
  }

  /// The command that was built with the tests.
  public static let binary = Shared.packageRoot + "/.build/debug/cpc"

  /// Runs a line of the shell, in which `$CPC` is the command.
  public static func shell(
    _ line: String, folder: String = Shared.packageRoot
  ) throws -> CommandResult {
    try run(
      program: "/bin/sh", ["-c", line], input: "", folder: folder, environment: ["CPC": binary])
  }

  private static func run(
    program: String, _ arguments: [String], input: String, folder: String,
    environment: [String: String]
  ) throws -> CommandResult {
    let process = Process()
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["in", "out", "err"].map { folder.appendingPathComponent($0) }
    try Data(input.utf8).write(to: files[0])
    for file in files.dropFirst() { try Data().write(to: file) }
    let input = try FileHandle(forReadingFrom: files[0])
    let output = try FileHandle(forWritingTo: files[1])
    let errors = try FileHandle(forWritingTo: files[2])
    process.standardInput = input
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    process.waitUntilExit()
    return CommandResult(
      status: process.terminationStatus,
      output: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self))
  }

  /// Calls `body` with a new folder, which is removed afterwards.
  public static func withTemporaryFolder<Result>(
    _ body: (String) throws -> Result
  ) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    return try body(folder.path)
  }
}
