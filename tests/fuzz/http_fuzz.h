#pragma once

#include <cstdint>
#include <span>

/// Gives the bytes, over loopback, as a server's answer to a request of ours, and aborts where the
/// client breaks its promises. Returns whether the client took them for a reply.
bool fuzz_http_reply(std::span<const std::uint8_t> bytes);
