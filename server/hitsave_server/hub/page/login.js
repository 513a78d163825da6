// The link's secret stands after "#", so that it is in no request line; here it leaves the address and goes into the form.
const given = /^#invitation=([\w-]+)$/.exec(location.hash)?.[1];
if (given !== undefined) {
  history.replaceState(null, "", location.pathname + location.search);
  document.querySelector("input[name=invitation]").value = given;
  document.querySelector("form").requestSubmit();
}
