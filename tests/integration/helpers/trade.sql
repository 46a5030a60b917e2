-- A shop's books, of the shape that the well-known teaching databases have:
-- keys of several columns and references to them, a table that refers to
-- itself, many to many, names with spaces, pictures, prices, days, views.
CREATE TABLE Categories (
	CategoryID INTEGER PRIMARY KEY AUTOINCREMENT,
	CategoryName TEXT NOT NULL, Description TEXT, Picture BLOB
);
CREATE UNIQUE INDEX CategoryNames ON Categories (CategoryName COLLATE NOCASE);
INSERT INTO Categories VALUES (1, 'Tea', 'Leaves & buds', x'89504e470d0a1a0a'),
    (2, 'Ink', NULL, NULL), (3, 'Rope', '', x'');

CREATE TABLE Employees (
	EmployeeID INTEGER PRIMARY KEY, LastName TEXT NOT NULL,
	FirstName TEXT NOT NULL, Title TEXT, BirthDate DATE, Photo BLOB,
	ReportsTo INTEGER REFERENCES Employees (EmployeeID)
);
CREATE INDEX EmployeesReportTo ON Employees (ReportsTo);
INSERT INTO Employees VALUES
    (1, 'Okafor', 'Ada', 'Owner', '1970-02-28', x'ffd8ffe0', NULL),
    (2, 'Lindqvist', 'Bo', 'Buyer', '1984-12-01', NULL, 1),
    (3, 'Sato', 'Chie', 'Clerk', '1999-07-15', NULL, 1),
    (4, 'de la Cruz', 'Dora', 'Clerk', NULL, NULL, 3);

CREATE TABLE Regions (RegionID INTEGER PRIMARY KEY, RegionDescription TEXT);
INSERT INTO Regions VALUES (1, 'North'), (2, 'South');
CREATE TABLE Territories (
	TerritoryID TEXT PRIMARY KEY, TerritoryDescription TEXT NOT NULL,
	RegionID INTEGER NOT NULL, FOREIGN KEY (RegionID) REFERENCES Regions
);
INSERT INTO Territories VALUES ('01581', 'Westbrook', 1), ('1581', 'Eastbrook',
    2), ('N/A', 'none', 2);
CREATE TABLE EmployeeTerritories (
	EmployeeID INTEGER NOT NULL, TerritoryID TEXT NOT NULL,
	PRIMARY KEY (EmployeeID, TerritoryID),
	FOREIGN KEY (EmployeeID) REFERENCES Employees (EmployeeID),
	FOREIGN KEY (TerritoryID) REFERENCES Territories (TerritoryID)
);
INSERT INTO EmployeeTerritories VALUES (2, '01581'), (2, '1581'), (3, 'N/A'),
    (4, '01581');

CREATE TABLE Customers (
	CustomerID TEXT PRIMARY KEY NOT NULL CHECK (length(CustomerID) = 5),
	CompanyName TEXT NOT NULL, City TEXT DEFAULT ('Oslo')
) WITHOUT ROWID;
INSERT INTO Customers VALUES ('ABCDE', 'A & B', 'Oslo'),
    ('Ö/.,~', '<Öl>', 'Åmål'), ('00012', 'Twelve', NULL);

CREATE TABLE Products (
	ProductID INTEGER PRIMARY KEY, ProductName TEXT NOT NULL,
	CategoryID INTEGER REFERENCES Categories,
	UnitPrice NUMERIC (10, 2) NOT NULL CHECK (UnitPrice >= 0),
	UnitsInStock SMALLINT, Discontinued BIT NOT NULL DEFAULT 0,
	Worth AS (UnitPrice * UnitsInStock),
	Shelf TEXT GENERATED ALWAYS AS
	    (upper(substr(ProductName, 1, 1)) || '-' || ProductID) STORED
);
CREATE INDEX ProductsByCategory ON Products (CategoryID);
CREATE INDEX ProductsSold ON Products (UnitPrice) WHERE Discontinued = 0;
CREATE INDEX ProductsByLowerName ON Products (lower(ProductName));
INSERT INTO Products VALUES (1, 'green tea', 1, 4.25, 40, 0),
    (2, 'black tea', 1, 3, 17, 0), (3, 'blue ink', 2, 12.1, 0, 1),
    (4, 'hemp rope', 3, 0.05, 1000, 0), (5, 'string', NULL, 1e-3, NULL, 0);

CREATE TABLE Orders (
	OrderID INTEGER PRIMARY KEY, CustomerID TEXT REFERENCES Customers,
	EmployeeID INTEGER REFERENCES Employees, OrderDate DATETIME,
	Freight DECIMAL DEFAULT 0, "Ship Via" INTEGER REFERENCES Shippers (ID)
);
CREATE INDEX OrdersByCustomer ON Orders (CustomerID);
INSERT INTO Orders VALUES
    (10248, 'ABCDE', 2, '2024-02-29 23:59:59', 32.38, 3),
    (10249, 'Ö/.,~', 3, '2024-03-01T00:00:00Z', 0, NULL),
    (10250, 'ABCDE', 9, '2024-03-01', '11.5', 1),
    (10251, '00012', NULL, NULL, NULL, 2);

CREATE TABLE "Order Details" (
	OrderID INTEGER NOT NULL REFERENCES Orders,
	ProductID INTEGER NOT NULL REFERENCES Products,
	UnitPrice MONEY NOT NULL, Quantity INTEGER NOT NULL DEFAULT 1,
	Discount REAL NOT NULL DEFAULT 0 CHECK (Discount BETWEEN 0 AND 1),
	PRIMARY KEY (OrderID, ProductID), CHECK (Quantity > 0)
);
CREATE INDEX "Details by Product" ON "Order Details" (ProductID);
INSERT INTO "Order Details" VALUES (10248, 1, 4.25, 12, 0),
    (10248, 3, 12.1, 1, 0.15), (10249, 4, 0.05, 200, 0), (10249, 1, 4, 3, 1),
    (10250, 2, 3, 5, 0), (10250, 4, 0.05, 9, 0.5), (10250, 3, 11, 2, 0);
CREATE TABLE "Returned Goods" (
	"Return No" INTEGER PRIMARY KEY, "Order" INTEGER, Product INTEGER,
	Reason TEXT, FOREIGN KEY ("Order", Product)
	    REFERENCES "Order Details" (OrderID, ProductID)
);
CREATE INDEX "Returns by Order" ON "Returned Goods" ("Order", Product);
INSERT INTO "Returned Goods" VALUES (1, 10248, 3, 'dry'),
    (2, 10248, 3, 'blue'), (3, 10250, 1, 'never ordered'), (4, NULL, 3, '?');

-- The parent's key in another order than the child names it.
CREATE TABLE Stocktakes (
	Place TEXT, Day DATE, Product INTEGER, Found INTEGER,
	PRIMARY KEY (Day, Product, Place)
) WITHOUT ROWID;
INSERT INTO Stocktakes VALUES ('attic', '2024-01-01', 1, 5),
    ('attic', '2024-01-02', 1, 4), ('cellar', '2024-01-01', 1, 40),
    ('cellar', '2024-01-01', 4, 990), ('a,b', '2024-01-01', 4, 10),
    ('a', '2023-12-31', 4, 1), ('', '2024-01-02', 2, 0);
CREATE TABLE Losses (
	Place TEXT, Product INTEGER, Day DATE, Lost INTEGER,
	FOREIGN KEY (Place, Product, Day)
	    REFERENCES Stocktakes (Place, Product, Day)
);
CREATE INDEX LossesByTake ON Losses (Day, Place, Product);
INSERT INTO Losses VALUES ('cellar', 4, '2024-01-01', 3),
    ('a,b', 4, '2024-01-01', 1), ('cellar', 4, '2024-01-01', 2);

CREATE TABLE Log (Moment, Event);
CREATE TRIGGER OrderPlaced AFTER INSERT ON Orders BEGIN
	INSERT INTO Log VALUES (new.OrderDate, 'order ' || new.OrderID);
END;
INSERT INTO Orders VALUES (10252, 'ABCDE', 1, '2024-03-02', 1, NULL);
INSERT INTO Log VALUES (NULL, NULL), (NULL, NULL), ('2024-03-02', 1.0);

CREATE VIEW "Order Subtotals" AS SELECT OrderID,
    sum(UnitPrice * Quantity * (1 - Discount)) AS Subtotal, count(*) AS "Lines"
    FROM "Order Details" GROUP BY OrderID;
CREATE VIEW "Sales by Category" AS SELECT c.CategoryID, c.CategoryName,
    p.ProductName, d.Quantity * d.UnitPrice AS ProductSales
    FROM Categories AS c JOIN Products AS p USING (CategoryID)
    JOIN "Order Details" AS d ON d.ProductID = p.ProductID;
CREATE VIEW "Products and Categories" AS SELECT * FROM Products AS p
    LEFT JOIN Categories AS c ON c.CategoryID = p.CategoryID;
CREATE VIEW "Chain of Command" AS WITH RECURSIVE chain (id, name, depth) AS
    (SELECT EmployeeID, LastName, 0 FROM Employees WHERE ReportsTo IS NULL
    UNION ALL SELECT e.EmployeeID, chain.name || ' > ' || e.LastName, depth + 1
    FROM chain JOIN Employees AS e ON e.ReportsTo = chain.id)
    SELECT *, rank() OVER (ORDER BY depth) AS place FROM chain;
CREATE TRIGGER Rename INSTEAD OF UPDATE ON "Chain of Command" BEGIN
	UPDATE Employees SET LastName = new.name WHERE EmployeeID = new.id;
END;
