// The whole client is under test, as it runs: TLS alone is left out, behind which nothing could be
// changed.
#include "tests/fuzz/http_fuzz.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdlib>
#include <string>
#include <thread>

#include "base/unique_fd.h"
#include "launcher/http_client.h"

namespace {

using Bytes = std::span<const std::uint8_t>;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Answers one request with bytes, whatever it asks.
class Server {
 public:
  Server() : listening_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    auto* const address = reinterpret_cast<sockaddr*>(&address_);
    require(bind(listening_.get(), address, size) == 0 && listen(listening_.get(), 1) == 0 &&
            getsockname(listening_.get(), address, &size) == 0);
  }

  [[nodiscard]] std::string port() const { return std::to_string(ntohs(address_.sin_port)); }

  void answer(Bytes bytes) const {
    const base::UniqueFd peer(accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    require(peer.valid());
    std::array<char, 4096> chunk{};
    std::string asked;
    while (asked.find("\r\n\r\n") == std::string::npos) {
      const ssize_t got = recv(peer.get(), chunk.data(), chunk.size(), 0);
      require(got > 0);
      asked.append(chunk.data(), static_cast<std::size_t>(got));
    }
    // The client may hang up before the end.
    while (!bytes.empty()) {
      const ssize_t sent = send(peer.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    shutdown(peer.get(), SHUT_WR);
    while (recv(peer.get(), chunk.data(), chunk.size(), 0) > 0) {
    }
  }

 private:
  base::UniqueFd listening_;
  sockaddr_in address_{};
};

}  // namespace

bool fuzz_http_reply(Bytes bytes) {
  static const Server server;
  std::thread answering([bytes] { server.answer(bytes); });
  launcher::HttpRequest request;
  request.host = "127.0.0.1";
  request.port = server.port();
  request.target = "/";
  const auto reply = launcher::http_exchange(request);
  answering.join();
  if (reply.ok()) {
    require(reply.value().status >= 0 && reply.value().status <= 999);
    require(reply.value().body.size() <= bytes.size());
  } else {
    require(reply.error().kind == base::ErrorKind::kUnavailable && !reply.error().message.empty());
  }
  return reply.ok();
}

#ifdef ESBOOT_FUZZ_TARGET
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz_http_reply({data, size});
  return 0;
}
#endif
