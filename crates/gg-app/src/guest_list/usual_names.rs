//! The usual names of columns, in the languages of Europe and a few more.
//!
//! Folded as [`super::mapping::folded`] does it (no case, accents, spaces or signs), the best first: of two columns that
//! could be one field the one whose name stands further ahead is taken. A mobile number comes before any other phone.

use super::Field;

/// Names of a whole name that are also used for one half of it, beside a column for the other.
pub(super) const HALF_NAMES: &str = "name nom nombre nome naam navn namn";

/// Each field with its names, parted by single spaces.
pub(super) const USUAL_NAMES: [(Field, &str); 10] = [
    (Field::Id, "id guestid"),
    (
        Field::Name,
        "fullname guestname displayname contactname vollstandigername nomcomplet nombrecompleto \
         nomecompleto volledigenaam imieinazwisko фио name nom nombre nome naam navn namn 姓名 氏名 \
         名前 이름 guest gast invite invitado invitato convidado",
    ),
    (
        Field::FirstName,
        "firstname first givenname forename vorname prenom nombredepila primeironome voornaam \
         fornavn fornamn imie имя",
    ),
    (
        Field::LastName,
        "lastname last surname familyname nachname familienname nomdefamille apellidos apellido \
         cognome sobrenome apelido achternaam efternavn etternavn efternamn nazwisko фамилия",
    ),
    (
        Field::Email,
        "email emailaddress emails email1value mail mailaddress emailadresse mailadresse \
         adresseemail adressemail adresseelectronique courriel correoelectronico correo \
         indirizzoemail enderecodeemail emailadres epost epostadress epostadresse mejl почта \
         электроннаяпочта 邮箱 电子邮件 メール",
    ),
    (
        Field::Phone,
        "mobile mobilephone mobilenumber cell cellphone handy handynummer mobil mobiltelefon \
         portable telephoneportable movil celular cellulare telemovel mobiel gsm whatsapp phone \
         phonenumber phone1value tel telephone telephonenumber telefon telefonnummer telefono \
         telefone telefoon telefoonnummer телефон 手机 电话 電話 電話番号",
    ),
    (
        Field::PlusOnesAllowed,
        "plusonesallowed plusones plusone +1 +1s plus1 plus1s extraguests additionalguests \
         guestsallowed allowedguests companions begleitpersonen begleitung accompagnants \
         acompanantes accompagnatori acompanhantes guests",
    ),
    (
        Field::Household,
        "household party family group haushalt familie gruppe foyer famille groupe hogar familia \
         grupo famiglia gruppo huishouden gezin husstand hushall",
    ),
    (
        Field::Locale,
        "locale language preferredlanguage lang sprache langue idioma lingua taal sprak sprog \
         jezyk язык 语言 言語",
    ),
    (
        Field::Notes,
        "notes note comments comment remarks remark notizen notiz bemerkungen bemerkung \
         anmerkungen anmerkung kommentar kommentare remarques remarque commentaires commentaire \
         notas nota comentarios comentario observaciones opmerkingen opmerking uwagi 備考 备注",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::guest_list::mapping::folded;

    #[test]
    fn usual_names_are_written_folded_and_belong_to_one_field() {
        let mut seen = std::collections::HashSet::new();
        for name in USUAL_NAMES.iter().flat_map(|(_, names)| names.split(' ')) {
            assert_eq!(folded(name), name);
            assert!(seen.insert(name), "{name} is the name of two fields");
        }
    }

    #[test]
    fn half_names_are_names() {
        let (_, names) = USUAL_NAMES[1];
        assert!(HALF_NAMES.split(' ').all(|half| names.split(' ').any(|name| name == half)));
    }
}
