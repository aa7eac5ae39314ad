-- What every load tells at its end: requests, microseconds, bytes, failures, p50 and p99 in microseconds.
function done(summary, latency)
  local e = summary.errors
  io.write(string.format("\nresult %d %d %d %d %d %d\n", summary.requests, summary.duration, summary.bytes,
    e.connect + e.read + e.write + e.status + e.timeout, latency:percentile(50), latency:percentile(99)))
end
