import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.List;

/**
 * Checks every *.der (PKCS#8) of a directory: the numbers against each other and a signature.
 * RsaKeys DIRECTORY
 * Prints how many keys were good, and exits with 1 at the first that is not.
 */
public final class RsaKeys {
    public static void main(String[] arguments) throws Exception {
        KeyFactory factory = KeyFactory.getInstance("RSA");
        int good = 0;
        List<Path> files;
        try (var listing = Files.list(Path.of(arguments[0]))) {
            files = listing.filter(path -> path.toString().endsWith(".der")).sorted().toList();
        }
        for (Path file : files) {
            RSAPrivateCrtKey key = (RSAPrivateCrtKey) factory.generatePrivate(new PKCS8EncodedKeySpec(Files.readAllBytes(file)));
            check(file, key);
            PublicKey open = factory.generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(new byte[] {1, 2, 3});
            byte[] signed = signature.sign();
            signature.initVerify(open);
            signature.update(new byte[] {1, 2, 3});
            require(file, signature.verify(signed), "the signature verifies");
            ++good;
        }
        System.out.println("good keys: " + good);
    }

    private static void check(Path file, RSAPrivateCrtKey key) {
        BigInteger one = BigInteger.ONE;
        BigInteger p = key.getPrimeP();
        BigInteger q = key.getPrimeQ();
        BigInteger d = key.getPrivateExponent();
        BigInteger p1 = p.subtract(one);
        BigInteger q1 = q.subtract(one);
        BigInteger lcm = p1.multiply(q1).divide(p1.gcd(q1));
        int bits = key.getModulus().bitLength();
        require(file, p.isProbablePrime(128) && q.isProbablePrime(128), "p and q are prime");
        require(file, p.multiply(q).equals(key.getModulus()), "n = pq");
        require(file, key.getPublicExponent().equals(BigInteger.valueOf(65537)), "e = 65537");
        require(file, d.multiply(key.getPublicExponent()).mod(lcm).equals(one), "de = 1 mod lcm(p-1, q-1)");
        require(file, d.bitLength() > bits / 2 && d.compareTo(lcm) < 0, "2^(bits/2) < d < lcm");
        require(file, key.getPrimeExponentP().equals(d.mod(p1)), "dp");
        require(file, key.getPrimeExponentQ().equals(d.mod(q1)), "dq");
        require(file, key.getCrtCoefficient().multiply(q).mod(p).equals(one), "qinv");
        require(file, p.subtract(q).abs().bitLength() > bits / 2 - 100, "p and q are far apart");
        require(file, p.pow(2).bitLength() == bits && q.pow(2).bitLength() == bits, "p and q are large enough");
    }

    private static void require(Path file, boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException(file + ": does not hold: " + what);
        }
    }
}
