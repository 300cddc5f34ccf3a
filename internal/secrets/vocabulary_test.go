package secrets

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// namesOfSecrets are names as people write them, each beside what such a value
// looks like: p is a password of words and digits, r one drawn at random, h a
// hexadecimal key, k a short key, c a code in groups.
const namesOfSecrets = `
p: PASSPHRASE PASSWD PWD_DB DB_PWD DB_PASS dbPassProd smtp-pass db.password.staging stagingDbPassword PasswordProd CREDENTIALS CREDS
p: LOGIN_PASSWORD USERPASS ROOT_PW rootpw DBPW mysqlPw ADMIN_PSW PASSCODE KEYSTORE_PASS DB_PASSWORD_PRD DB_PASSWORD_ACC db_password-prod
p: WACHTWOORD HASLO PAROLA LOSENORD HESLO SALASANA PASSORD MOT_DE_PASSE CONTRASENA SENHA PASSWORT KENNWORT PSK WIFI_PSK PRESHARED_KEY
p: WEBHOOK_SECRET CLIENT_SECRET_V2 Client-Secret ClientSecretDev APP_SECRET_KEY APPSECRET DJANGO_SECRET COOKIE_SECRET SECRET_STRING
p: LICENSE_KEY SESSION_KEY SIGN_KEY AES_KEY FERNET_KEY ENC_KEY CIPHER_KEY CRYPTO_KEY HMAC HMAC_KEY CSRF_KEY UNSEAL_KEY PEPPER JWT_KEY
r: ACCESS_KEY ACCESS_KEYS ENCRYPTION_KEY REFRESH_TOKEN refreshToken api-key-prod API_KEYS PROD_API_TOKEN tokens_prod TOKEN_STAGING BEARER BEARER_TOKEN
r: PAT GITHUB_PAT JWT_SIGNING OTP_SEED TOTP_SEED SESSION_KEY DEPLOY_KEY SSH_KEY SERVER_KEY WRITE_KEY INGEST_KEY SUBSCRIPTION_KEY CONSUMER_KEY
r: secretAccessKey secret.access.key SERVICE_ROLE_KEY STORAGE_KEY SAS RAILS_MASTER_KEY APP_KEY STRIPE_KEY OPENAI_KEY HTTP_BASIC_AUTH PASSKEY
h: HMAC HMAC_KEY KEK DEK DATA_KEY VAULT_UNSEAL_KEY RECOVERY_KEY PASSWORD_SALT PEPPER KEY_MATERIAL PKEY DD_API_KEY
k: SESSION_KEY LICENSE_KEY API_KEY_PROD SECRET_EMEA PAT OTP_SEED TOTP_SEED COMMUNITY_STRING SECURITY_CODE RECOVERY_CODE UNSEAL_KEY
c: LICENSE_KEY LICENCE_KEY SERIAL_KEY ACTIVATION_KEY PRODUCT_KEY RECOVERY_CODES BACKUP_CODES RECOVERY_KEY
n: PIN ADMIN_PIN PIN_CODE PASSCODE DB_PASSWORD
w: DB_PASSWORD PASSPHRASE ROOT_PW rootpw WIFI_PSK HASLO WACHTWOORD SEED_PHRASE RECOVERY_PHRASE AES_KEY UNSEAL_KEY COMMUNITY_STRING`

// namesOfOthers look like them, and name something else.
const namesOfOthers = `PASSTHROUGH COMPASS MONKEY KEYBOARD TOKENIZER PRIMARY_KEY_NAME PUBLIC_KEY SECRET_ARN SECRET_NAME TOKEN_URL MAX_TOKENS
	PASSWORD_MIN_LENGTH KEY_ID ACCESS_KEY_ID PASSPORT_TYPE BYPASS TOKENS_PER_MINUTE KEYWORDS KEYSPACE HOTKEY TURKEY JOCKEY DONKEY AUTHOR AUTHORITY
	PATTERN PINNED SPIN PINECONE_INDEX BASALT SALTWATER SALT_MASTER SIGNING_SALT HASHIDS_SALT SEEDS_PATH DB_SEED_FILE SALESFORCE_USER CIPHER CIPHERS TLS_CIPHERS SSL_KEY_FILE
	SESSION_TIMEOUT SESSION_NAME COOKIE_NAME HMAC_ALGORITHM JWT_ISSUER JWT_AUDIENCE JWT_ALGORITHM PAT_TYPE PATIENT LICENSE_TYPE LICENSE_URL LICENSE
	CREDENTIAL_TYPE ENCRYPTION_TYPE SIGNING_ALGORITHM SIGNING_REGION RECOVERY_POINT BACKUP_PLAN SERVER_NAME WRITE_MODE CONSUMER_GROUP WEBHOOK_URL
	WEBHOOK_NAME BEARER_FORMAT REFRESH_INTERVAL SECRETS_PROVIDER SECRET_ID OTP_LENGTH OTP_PERIOD PIN_LENGTH PASSENGER_NAME PASSIVE_MODE PASSED
	SURPASS KEY_PREFIX SORT_KEY PARTITION_KEY CACHE_KEY FOREIGN_KEY OBJECT_KEY ROUTING_KEY TOKEN_TYPE AUTH_MODE AUTH_TYPE AUTH_DOMAIN PEPPERONI
	CODE PHRASE SEED SEED_ENV HMAC SALT SESSION_KEY LICENSE_KEY_ID PSK_MODE COMMUNITY RECOVERY_MODE ZIP_CODE COUNTRY_CODE STATUS_CODES HASH_KEY
	SIGNING_PROFILE KEY_ROTATION DATA_KEY_SPEC SSH_KEY_NAME KEY_PAIR_NAME EC2_KEY_PAIR UNSEAL_MODE MAX_OUTPUT_TOKENS PREFERRED_TOKENS_LIMIT KEK_ALIAS`

// TestVocabulary prints how many names of secrets are known, and of others.
func TestVocabulary(t *testing.T) {
	t.Parallel()
	d := drawn{rand.New(rand.NewPCG(20261130, 1))}
	of := map[string]func() string{
		"p": func() string { return "Winter" + d.of(digits, 3) + "!" }, "r": func() string { return d.of(mixedCase, 24) },
		"h": func() string { return d.of(hexadecimal, 32) }, "k": func() string {
			return "q" + d.of(upper[:26], 2) + d.of(digits, 1) + d.of(upper[:26], 1) + "x" + d.of(digits, 1) + "e"
		},
		"c": func() string {
			return d.of(upper, 3) + "7-9" + d.of(upper, 3) + "-" + d.of(upper, 4) + "-" + d.of(upper, 4)
		},
		"n": func() string { return d.of("123456789", 6) }, "w": func() string { return "winterwonder" },
	}
	found, all := 0, 0
	for line := range strings.Lines(strings.TrimSpace(namesOfSecrets)) {
		form, names, _ := strings.Cut(strings.TrimSpace(line), ": ")
		for name := range strings.FieldsSeq(names) {
			all++
			value := of[form]()
			if _, is := Find(name, value); is {
				found++
			} else {
				t.Errorf("not found: %s = %s", name, value)
			}
		}
	}
	alarms, others := 0, 0
	for name := range strings.FieldsSeq(namesOfOthers) {
		for _, value := range []string{"orders", "orders-v2-prod", "strict", "sha256", "hmac-sha256", "2026-11-24", "300"} {
			others++
			if reason, is := Find(name, value); is {
				alarms++
				t.Errorf("false alarm: %s = %s: %s", name, value, reason)
			}
		}
	}
	printed(t, fmt.Sprintf("%d of %d names of secrets known, %d false alarms on %d that look like them", found, all, alarms, others))
}
