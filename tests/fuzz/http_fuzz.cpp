// The whole client is under test, as it runs: TLS alone is left out, behind which nothing could be
// changed.
#include "tests/fuzz/http_fuzz.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/socket.h>

#include <array>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "base/unique_fd.h"
#include "launcher/http_client.h"

namespace {

using Bytes = std::span<const std::uint8_t>;

void require(bool holds) {
  if (!holds) std::abort();
}

/// Answers each request with the bytes that it was given before, whatever is asked. Its one thread
/// is never joined: to make a thread for each request took longer than the request.
class Server {
 public:
  Server() : listening_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    auto* const address = reinterpret_cast<sockaddr*>(&address_);
    require(bind(listening_.get(), address, size) == 0 && listen(listening_.get(), 1) == 0 &&
            getsockname(listening_.get(), address, &size) == 0);
    std::thread([this] { answer_for_ever(); }).detach();
  }

  [[nodiscard]] std::string port() const { return std::to_string(ntohs(address_.sin_port)); }

  /// What the next request is answered with.
  void give(Bytes bytes) {
    {
      const std::scoped_lock lock(mutex_);
      given_ = bytes;
    }
    changed_.notify_all();
  }

  /// Returns once what was given is not looked at any more.
  void wait_until_answered() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !given_; });
  }

 private:
  [[noreturn]] void answer_for_ever() {
    while (true) {
      Bytes bytes;
      {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return given_.has_value(); });
        bytes = *given_;
      }
      answer(bytes);
      {
        const std::scoped_lock lock(mutex_);
        given_.reset();
      }
      changed_.notify_all();
    }
  }

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

  base::UniqueFd listening_;
  sockaddr_in address_{};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Bytes> given_;  ///< empty: the request was answered
};

}  // namespace

bool fuzz_http_reply(Bytes bytes) {
  static Server& server = *new Server;  // its thread outlives main
  server.give(bytes);
  launcher::HttpRequest request;
  request.host = "127.0.0.1";
  request.port = server.port();
  request.target = "/";
  const auto reply = launcher::http_exchange(request);
  server.wait_until_answered();
  if (reply.ok()) {
    require(reply.value().status >= 0 && reply.value().status <= 999);
    require(reply.value().body.size() <= bytes.size());
  } else {
    require(reply.error().kind == base::ErrorKind::kUnavailable && !reply.error().message.empty());
  }
  return reply.ok();
}

#ifdef ESBOOT_FUZZ_TARGET
/// The client resolves names in a thread, for whose stack ASan maps and clears an eighth of its
/// size in every run.
extern "C" int LLVMFuzzerInitialize(int* /*count*/, char*** /*arguments*/) {
  constexpr std::size_t kStackBytes = std::size_t{1} << 18U;
  pthread_attr_t attributes;
  require(pthread_attr_init(&attributes) == 0 &&
          pthread_attr_setstacksize(&attributes, kStackBytes) == 0 &&
          pthread_setattr_default_np(&attributes) == 0);
  pthread_attr_destroy(&attributes);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz_http_reply({data, size});
  return 0;
}
#endif
