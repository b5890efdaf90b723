import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.elasticsearch.common.settings.SecureString;
import org.elasticsearch.xpack.core.security.authc.support.Hasher;

/**
 * Without arguments: prints the name of every algorithm for stored passwords that the server has. With "verify": reads lines of
 * name, password and hash with tabs between them, and prints for each "name right wrong" with what the server says of the hash for
 * that password, and for another one.
 */
public final class PasswordHashes {
    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 0) {
            Hasher.getAvailableAlgoStoredPasswordHash().forEach(System.out::println);
            return;
        }
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] fields = line.split("\t");
            char[] hash = fields[2].toCharArray();
            Hasher named = Hasher.resolve(fields[0]);
            boolean right = Hasher.verifyHash(new SecureString(fields[1].toCharArray()), hash)
                && named.verify(new SecureString(fields[1].toCharArray()), hash);
            boolean wrong = Hasher.verifyHash(new SecureString((fields[1] + "x").toCharArray()), hash);
            System.out.println(fields[0] + " " + right + " " + wrong);
        }
    }
}
