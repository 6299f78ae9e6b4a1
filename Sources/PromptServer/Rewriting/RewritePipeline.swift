internal import HTTPTypes
internal import Logging

/// Has requests rewritten, and passes them on as they came where that fails.
struct RewritePipeline: Sendable {
  let rewriter: (any RequestRewriting)?
  let mode: ServerConfiguration.Mode
  let limit: Duration
  let metrics: ServerMetrics
  /// What bodies get so that tenants share no cache; nil if they get nothing.
  let cacheSalt: CacheSalt?
  /// What follows the engine; nil if nothing does.
  let following: EngineFollowing?

  /// Makes sure that a body that is packed, and so not read, may be passed on.
  ///
  /// - Throws: `ErrorReply` if it must not be.
  func checkPacked(_ body: [UInt8], _ exchange: Exchange) async throws {
    guard let rewriter, mode != .observe, await rewriter.mustRewrite(exchange.context, body: body)
    else { return }
    metrics.add(to: .rejected, UnreadableBody.reason)
    throw UnreadableBody.packed.reply
  }

  /// Returns the request that is passed on.
  ///
  /// - Throws: `ErrorReply` if the client has to correct the request, or if it cannot be rewritten and must not
  ///   be passed on as it is.
  func rewritten(
    _ body: [UInt8], _ exchange: Exchange
  ) async throws -> RewrittenRequest {
    let context = exchange.context
    let unchanged = RewrittenRequest(body: body)
    guard let rewriter, mode != .observe else { return unchanged }
    let reason: String
    // What is compiled in vain, or for longer than the request waits, is not sent.
    var attempt = context
    attempt.sent = SentPrompt()
    defer { attempt.sent.fail(.refused) }
    do {
      let rewritten = try await withTimeLimit(limit, on: exchange.executor) { [attempt] in
        try await rewriter.rewrite(attempt, body: body)
      }
      // What is passed on as it came may have been laid out so.
      context.sent.absorb(attempt.sent)
      if let rewritten {
        metrics.add(rewritten.savedTokens, to: .savedTokens)
        metrics.add(max(body.count - rewritten.body.count, 0), to: .savedBytes)
        return rewritten
      }
      reason = context.isRepeatable ? "idempotency_key" : "not_applicable"
    } catch let refusal as RewriteRefusal {
      metrics.add(to: .rejected, "invalid_blocks")
      throw ErrorReply(
        status: .init(code: refusal.status), message: refusal.message, code: "invalid_cpc")
    } catch let error as UnreadableBody {
      metrics.add(to: .rejected, UnreadableBody.reason)
      throw error.reply
    } catch is CancellationError {
      throw CancellationError()
    } catch let error as DocumentHeaderError {
      reason = "header"
      exchange.logger.warning(
        "not rewritten", metadata: ["reason": "header", "field": "\(error.name)"])
    } catch {
      reason =
        switch error {
        case is TimeLimitExceeded: "timeout"
        case is TooManyValues: TooManyValues.reason
        default: "error"
        }
      exchange.logger.warning(
        "not rewritten",
        metadata: ["reason": "\(reason)", "error": "\(type(of: error))"])
    }
    guard await rewriter.mustRewrite(context, body: body) else {
      metrics.add(to: .failOpen, reason)
      var result = unchanged
      result.reason = reason
      return result
    }
    metrics.add(to: .rejected, "blocks_not_compiled")
    guard reason != "header" else {
      throw ErrorReply(
        status: .unprocessableContent,
        message: "a field of ContextPilot's has a value that it cannot have", code: "invalid_header"
      )
    }
    throw ErrorReply(
      status: .serviceUnavailable,
      message:
        "the request was not compiled (\(reason)); as it came it would lose its blocks, or the model would read control tokens in it, so it is not passed on",
      code: "blocks_not_compiled", retryAfter: 1)
  }
}
