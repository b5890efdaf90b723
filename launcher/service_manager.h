#pragma once

#include <string>
#include <string_view>

namespace launcher {

/// The service manager that started us and named its socket in NOTIFY_SOCKET (sd_notify(3), whose
/// datagrams are few and stable enough to be written without libsystemd, for which no static
/// library exists). Without a socket nothing is sent.
class ServiceManager {
 public:
  ServiceManager() = default;
  /// `socket`: the value of NOTIFY_SOCKET: a path, or '@' and an abstract name.
  explicit ServiceManager(std::string socket) : socket_(std::move(socket)) {}

  /// What `systemctl status` shows, and half a minute more until the next message.
  void status(std::string_view phase) const;

  [[nodiscard]] const std::string& socket() const { return socket_; }

 private:
  std::string socket_;
};

/// Sends one datagram, lines of KEY=value. Needs no heap. An empty `socket` sends nothing; an error
/// is ignored, as nobody could act on it.
void notify_service_manager(std::string_view socket, std::string_view message);

/// How much longer the manager is asked to wait, and the pause between two such messages, which is
/// half of it: what the node itself does in the packages of Elasticsearch (behaviour page 1.6).
inline constexpr std::string_view kExtendTimeout = "EXTEND_TIMEOUT_USEC=30000000";
inline constexpr int kExtendEveryMs = 15000;

}  // namespace launcher
