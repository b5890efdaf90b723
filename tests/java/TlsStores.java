import java.io.FileInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/**
 * Reads the stores of directories as Elasticsearch would and talks TLS with them:
 * TlsStores (DIRECTORY HTTP_PASSWORD TRANSPORT_PASSWORD HOST_NAME)...
 * Prints one line for each thing that was seen to work, and exits with 1 at the first that does not.
 */
public final class TlsStores {
    public static void main(String[] arguments) throws Exception {
        for (int i = 0; i < arguments.length; i += 4) {
            use(Path.of(arguments[i]), arguments[i + 1].toCharArray(), arguments[i + 2].toCharArray(), arguments[i + 3]);
        }
    }

    private static void use(Path directory, char[] httpPassword, char[] transportPassword, String host) throws Exception {
        KeyStore http = load(directory.resolve("http.p12"), httpPassword);
        KeyStore transport = load(directory.resolve("transport.p12"), transportPassword);
        describe("http.p12", http, httpPassword);
        describe("transport.p12", transport, transportPassword);

        KeyStore onlyServer = KeyStore.getInstance("PKCS12");
        onlyServer.load(null, null);
        onlyServer.setKeyEntry("http", http.getKey("http", httpPassword), httpPassword, http.getCertificateChain("http"));
        KeyStore ca = KeyStore.getInstance("PKCS12");
        ca.load(null, null);
        try (InputStream in = new FileInputStream(directory.resolve("http_ca.crt").toFile())) {
            ca.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        SSLContext server = context(onlyServer, httpPassword, null);
        System.out.println("http handshake " + handshake(server, context(null, null, ca), false, host));
        try {
            handshake(server, context(null, null, ca), false, "other.example");
            throw new IllegalStateException("a name that the certificate lacks must not be accepted");
        } catch (SSLHandshakeException expected) {
            System.out.println("http handshake with another name refused");
        }
        try {
            handshake(server, context(null, null, transport), false, host);
            throw new IllegalStateException("a client that trusts another CA must not connect");
        } catch (SSLHandshakeException expected) {
            System.out.println("http handshake with another CA refused");
        }
        SSLContext node = context(transport, transportPassword, transport);
        System.out.println("transport handshake " + handshake(node, node, true, null));
    }

    private static KeyStore load(Path path, char[] password) throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = new FileInputStream(path.toFile())) {
            store.load(in, password);
        }
        return store;
    }

    private static void describe(String name, KeyStore store, char[] password) throws Exception {
        for (String alias : Collections.list(store.aliases()).stream().sorted().toList()) {
            if (store.isKeyEntry(alias)) {
                Certificate[] chain = store.getCertificateChain(alias);
                PrivateKey key = (PrivateKey) store.getKey(alias, password);
                for (int i = 0; i + 1 < chain.length; ++i) {
                    chain[i].verify(chain[i + 1].getPublicKey());
                }
                System.out.println(name + " key " + alias + " " + key.getAlgorithm() + " "
                    + ((X509Certificate) chain[0]).getSubjectX500Principal().getName());
            } else {
                System.out.println(name + " trusted " + alias + " "
                    + ((X509Certificate) store.getCertificate(alias)).getSubjectX500Principal().getName());
            }
        }
    }

    private static SSLContext context(KeyStore keys, char[] password, KeyStore trusted) throws Exception {
        KeyManagerFactory keyManagers = null;
        if (keys != null) {
            keyManagers = KeyManagerFactory.getInstance("PKIX");
            keyManagers.init(keys, password);
        }
        TrustManagerFactory trustManagers = null;
        if (trusted != null) {
            trustManagers = TrustManagerFactory.getInstance("PKIX");
            trustManagers.init(trusted);
        }
        SSLContext context = SSLContext.getInstance("TLSv1.3");
        context.init(keyManagers == null ? null : keyManagers.getKeyManagers(),
            trustManagers == null ? null : trustManagers.getTrustManagers(), null);
        return context;
    }

    private static String handshake(SSLContext server, SSLContext client, boolean mutual, String host) throws Exception {
        try (SSLServerSocket listener = (SSLServerSocket) server.getServerSocketFactory()
                .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            listener.setNeedClientAuth(mutual);
            CompletableFuture.runAsync(() -> answer(listener));
            Socket plain = new Socket(InetAddress.getLoopbackAddress(), listener.getLocalPort());
            try (SSLSocket socket = (SSLSocket) client.getSocketFactory()
                    .createSocket(plain, host, listener.getLocalPort(), true)) {
                if (host != null) {
                    SSLParameters parameters = socket.getSSLParameters();
                    parameters.setEndpointIdentificationAlgorithm("HTTPS");
                    socket.setSSLParameters(parameters);
                }
                return talk(socket);
            }
        }
    }

    private static void answer(SSLServerSocket listener) {
        try (SSLSocket socket = (SSLSocket) listener.accept()) {
            socket.getOutputStream().write(socket.getInputStream().read() + 1);
        } catch (Exception failed) {
            // The client sees it and reports it.
        }
    }

    private static String talk(SSLSocket socket) throws Exception {
        socket.startHandshake();
        socket.getOutputStream().write(41);
        if (socket.getInputStream().read() != 42) {
            throw new IllegalStateException("the server answers something else");
        }
        return socket.getSession().getProtocol() + " "
            + ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSubjectX500Principal().getName();
    }
}
