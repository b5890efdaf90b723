#include "launcher/service_manager.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstring>

#include "base/unique_fd.h"

namespace launcher {

void notify_service_manager(std::string_view socket, std::string_view message) {
  sockaddr_un address{};
  if (socket.empty() || socket.size() >= sizeof address.sun_path) return;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, socket.data(), socket.size());
  if (socket.front() == '@') address.sun_path[0] = '\0';
  const base::UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return;
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket.size());
  // The manager reads as soon as it can; a start does not wait for one that does not.
  sendto(fd.get(), message.data(), message.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
         reinterpret_cast<const sockaddr*>(&address), size);
}

void ServiceManager::status(std::string_view phase) const {
  if (socket_.empty()) return;
  std::string message(kExtendTimeout);
  message += "\nSTATUS=";
  for (const char byte : phase) message += byte == '\n' ? ' ' : byte;
  notify_service_manager(socket_, message);
}

}  // namespace launcher
