/**
 * Lets a file be dropped on the form, and names the one chosen.
 *
 * @param {HTMLElement} form with one file field
 */
export default function fileDrop(form) {
  const field = form.querySelector("input[type=file]");
  if (!(field instanceof HTMLInputElement)) return;

  for (const kind of ["dragenter", "dragover"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  form.addEventListener("dragleave", (event) => {
    if (!(event.relatedTarget instanceof Node && form.contains(event.relatedTarget))) form.classList.remove("over");
  });
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (event.dataTransfer?.files.length) field.files = event.dataTransfer.files;
  });
}
